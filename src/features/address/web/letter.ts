/** a, b, c … for the expressions of a filter, beside the lines they matched. */
export const letterOf = (index: number): string => {
  const letter = String.fromCharCode(97 + (index % 26));
  return index < 26 ? letter : `${letter}${Math.floor(index / 26)}`;
};
