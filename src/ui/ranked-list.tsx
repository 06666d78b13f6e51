/** Names by their weight: the bar is the row's own ground, scaled to the heaviest row. */
import type { ReactNode } from 'react';

export interface RankedRow {
  key: string;
  name: ReactNode;
  /** What the bar shows. */
  weight: number;
  cells: readonly ReactNode[];
}

interface RankedListProps {
  title: string;
  count?: string;
  heads: readonly string[];
  /** Head of the first column, for readers. */
  nameHead: string;
  rows: readonly RankedRow[];
  foot?: ReactNode;
}

export function RankedList({ title, count, heads, nameHead, rows, foot }: RankedListProps) {
  const heaviest = Math.max(1, ...rows.map((row) => row.weight));
  return (
    <section className="ranked" aria-label={title}>
      <table>
        <thead>
          <tr>
            <th scope="col">
              <h2 className="section-title">
                {title} {count === undefined ? null : <span className="quiet ranked-count">{count}</span>}
              </h2>
              <span className="sr-only">{nameHead}</span>
            </th>
            {heads.map((head) => (
              <th key={head} scope="col" className="number quiet small">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.key}>
              <th scope="row">
                <div className="ranked-name">
                  {row.weight > 0 ? (
                    <div className="ranked-bar" style={{ width: `${(row.weight / heaviest) * 100}%` }} />
                  ) : null}
                  <div className="ranked-text">{row.name}</div>
                </div>
              </th>
              {row.cells.map((cell, index) => (
                <td key={heads[index]} className="number">
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {foot === undefined ? null : <div className="ranked-foot">{foot}</div>}
    </section>
  );
}
