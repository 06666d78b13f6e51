/** The mark: a scan frame closed by a bar. */
export function Mark({ size = 20 }: { size?: number }) {
  return (
    <svg className="mark" width={size} height={size} viewBox="0 0 20 20" aria-hidden focusable={false}>
      <rect width="20" height="20" rx="5" className="mark-ground" />
      <path
        className="mark-frame"
        d="M4.5 7.5v-1a2 2 0 0 1 2-2h1M12.5 4.5h1a2 2 0 0 1 2 2v1M15.5 12.5v1a2 2 0 0 1-2 2h-1M7.5 15.5h-1a2 2 0 0 1-2-2v-1M4.5 10h11"
      />
    </svg>
  );
}
