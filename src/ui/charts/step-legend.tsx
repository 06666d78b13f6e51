/** What each colour of a map or heat map stands for. */

export function StepLegend({ name, labels }: { name: string; labels: readonly string[] }) {
  return (
    <div className="steps">
      <span className="micro quiet">{name}</span>
      <ul className="steps-list" aria-label={name}>
        {labels.map((label, step) => (
          <li key={label}>
            <span className={`steps-colour step-${step}`} />
            <span className="micro soft">{label}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
