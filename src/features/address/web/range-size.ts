/** How many addresses a range has: counted where one can count, as a power of two where not. */
import { formatCount } from '../../../ui/numbers.ts';

const raised = '⁰¹²³⁴⁵⁶⁷⁸⁹';

export function saySize(size: number): string {
  if (size < 1e9) return formatCount(Math.round(size));
  const power = String(Math.round(Math.log2(size)));
  return `2${power.replaceAll(/\d/g, (digit) => raised.charAt(Number(digit)))}`;
}
