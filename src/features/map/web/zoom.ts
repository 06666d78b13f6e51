/** Which part of the map is in sight: a scale, and the shift of its upper left corner, in pixels. */

export interface Zoom {
  scale: number;
  x: number;
  y: number;
}

interface Size {
  width: number;
  height: number;
}

export const wholeMap: Zoom = { scale: 1, x: 0, y: 0 };
const largestScale = 12;

/** The map never leaves its frame. */
function inFrame({ scale, x, y }: Zoom, { width, height }: Size): Zoom {
  return {
    scale,
    x: Math.min(0, Math.max(width * (1 - scale), x)),
    y: Math.min(0, Math.max(height * (1 - scale), y)),
  };
}

/** Larger or smaller by a factor; what is at the point stays there. */
export function zoomAt(zoom: Zoom, factor: number, point: { x: number; y: number }, size: Size): Zoom {
  const scale = Math.min(largestScale, Math.max(1, zoom.scale * factor));
  const real = scale / zoom.scale;
  return inFrame(
    { scale, x: point.x - (point.x - zoom.x) * real, y: point.y - (point.y - zoom.y) * real },
    size,
  );
}

export const moveBy = (zoom: Zoom, dx: number, dy: number, size: Size): Zoom =>
  inFrame({ ...zoom, x: zoom.x + dx, y: zoom.y + dy }, size);

/** So that the point is in the middle, as far as the frame allows, and is seen at all. */
export const bringIntoView = (zoom: Zoom, point: { x: number; y: number }, size: Size): Zoom => {
  const x = zoom.x + point.x * zoom.scale;
  const y = zoom.y + point.y * zoom.scale;
  const margin = 24;
  const seen = x > margin && x < size.width - margin && y > margin && y < size.height - margin;
  if (seen) return zoom;
  return inFrame(
    { ...zoom, x: size.width / 2 - point.x * zoom.scale, y: size.height / 2 - point.y * zoom.scale },
    size,
  );
};
