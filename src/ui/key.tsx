/** A key cap. Hidden from readers: the shortcut sheet says the same in words. */
export function Key({ name }: { name: string }) {
  return (
    <kbd className="key" aria-hidden>
      {name}
    </kbd>
  );
}

const mac = /Mac|iPhone|iPad/.test(navigator.userAgent);

/** How the keys of the command menu are written on this machine. */
export const modKey = mac ? '⌘ K' : 'Ctrl K';
export const modName = mac ? '⌘' : 'Ctrl';
