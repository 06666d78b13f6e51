/** Custom properties that components set for their stylesheets. */
import 'react';

declare module 'react' {
  interface CSSProperties {
    /** Grid tracks of a table's rows. */
    '--tracks'?: string;
  }
}
