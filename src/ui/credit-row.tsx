/** Whose the data is, as the last row of a table: links inside a grid have to stand in a cell. */
import type { ReactNode } from 'react';

export function CreditRow({ children }: { children: ReactNode }) {
  return (
    <div role="row">
      <div role="gridcell">{children}</div>
    </div>
  );
}
