// Several saves that are one act: all of them or none, and one Undo for all.
import { post, type Answer } from './api';
import { refresh } from './query';
import { say } from './toast';

export type Step = () => Promise<Answer<unknown>>;

/** entities: what is read anew afterwards. Throws what the server refused, after taking back what was saved before it. */
export async function together(text: string, entities: string[], steps: Step[]): Promise<void> {
  const seqs: number[] = [];
  try {
    for (const step of steps) {
      const { seq } = await step();
      if (seq) seqs.push(seq);
    }
  } catch (error) {
    for (const seq of seqs.toReversed()) await post('/undo', { seq });
    throw error;
  } finally {
    refresh(entities);
  }
  say({ text, seqs });
}
