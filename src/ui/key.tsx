/** A key cap. Hidden from readers: the shortcut sheet says the same in words. */
export function Key({ name }: { name: string }) {
  return (
    <kbd className="key" aria-hidden>
      {name}
    </kbd>
  );
}
