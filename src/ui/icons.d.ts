/** Tabler ships types for its whole barrel only; icons are imported one by one. */
declare module '@tabler/icons-react/dist/esm/icons/*.mjs' {
  import type { FC, SVGProps } from 'react';
  const icon: FC<Omit<SVGProps<SVGSVGElement>, 'stroke' | 'ref'> & { size?: number; stroke?: number }>;
  export default icon;
}
