/** Draws an icon at the sizes of the design; beside a word it is hidden from readers. */
import type { ComponentType } from 'react';

export type IconShape = ComponentType<{
  size?: number;
  stroke?: number;
  className?: string;
  'aria-hidden'?: true;
  focusable?: false;
}>;

export type Tone = 'text' | 'quiet' | 'accent' | 'ok' | 'warn' | 'bad';

interface IconProps {
  of: IconShape;
  size?: 14 | 16 | 20 | 24;
  tone?: Tone;
}

/** `tone` colours it; without one it takes the colour of its text. */
export function Icon({ of: Shape, size = 16, tone }: IconProps) {
  return (
    <Shape
      size={size}
      stroke={size >= 20 ? 1.5 : 1.75}
      aria-hidden
      focusable={false}
      {...(tone === undefined ? {} : { className: `tone-${tone}` })}
    />
  );
}
