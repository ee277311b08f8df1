// The name of a figure, which says how it is reckoned to whoever points at it, touches it or comes to it by keyboard.
import { Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';

export function How({ children, says }: { children: ReactNode; says: (string | null | undefined | false)[] }) {
  const lines = says.filter(Boolean) as string[];
  if (!lines.length) return <>{children}</>;
  return (
    <Tooltip multiline maw={360} events={{ hover: true, focus: true, touch: true }} label={lines.map((line) => <span key={line} style={{ display: 'block' }}>{line}</span>)}>
      <span tabIndex={0} className="how">{children}</span>
    </Tooltip>
  );
}
