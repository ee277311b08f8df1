// One act on the server: said when it is done, with its way back, or why not.
import type { Answer } from '../../base/api';
import { refresh } from '../../base/query';
import { say, sayError } from '../../base/toast';

/** True when it was done. */
export async function act(doing: Promise<Answer<unknown>>, said: string, of: string[]): Promise<boolean> {
  try {
    const { seq } = await doing;
    refresh(of);
    say({ text: said, seq });
    return true;
  } catch (error) {
    sayError(error);
    return false;
  }
}
