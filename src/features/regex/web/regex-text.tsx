/** An expression with fail2ban's tags marked, and what stands for anything in it stepping back. */

interface Part {
  at: number;
  kind: 'tag' | 'loose' | 'plain';
  text: string;
}

const token = /<\/?[A-Z][A-Z0-9_-]*>|\\[SsdwWD](?:[*+?]\??)?|\(\?(?:[:=!]|<[=!]|P<\w+>)?|\.[*+]\??|\)[?*+]?/g;

export function RegexText({ text }: { text: string }) {
  return (
    <span className="regex mono">
      {partsOf(text).map((part) => (
        <span key={part.at} className={part.kind === 'plain' ? undefined : `regex-${part.kind}`}>
          {part.text}
        </span>
      ))}
    </span>
  );
}

function partsOf(text: string): Part[] {
  const parts: Part[] = [];
  let at = 0;
  for (const found of text.matchAll(token)) {
    if (found.index > at) parts.push({ at, kind: 'plain', text: text.slice(at, found.index) });
    const kind = found[0].startsWith('<') ? 'tag' : 'loose';
    parts.push({ at: found.index, kind, text: found[0] });
    at = found.index + found[0].length;
  }
  if (at < text.length) parts.push({ at, kind: 'plain', text: text.slice(at) });
  return parts;
}
