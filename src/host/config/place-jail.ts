/** The values of one jail with their places. */
import type { ToldJail } from './ask-readers.ts';
import type { Finding } from './change.ts';
import { wrongValues, type JailValues } from './find-problems.ts';
import { jailOption, jailOptions } from './jail-options.ts';
import { placed, type Layers, type PlacedValue, type Section } from './place-values.ts';

/** Where its values can stand. */
interface Sources {
  own: Section;
  defaults: Section;
  ofFilter: Layers | undefined;
}

export interface PlacedJail extends JailValues {
  told: ToldJail;
  ownOptions: ReadonlySet<string>;
  wrong: readonly Finding[];
  by: Sources;
}

/** `before` itself where it would come out the same. */
export function placeJail(told: ToldJail, sources: Sources, before: PlacedJail | undefined): PlacedJail {
  const isAsItWas =
    before?.told === told &&
    before.by.own === sources.own &&
    before.by.defaults === sources.defaults &&
    before.by.ofFilter === sources.ofFilter;
  return isAsItWas ? before : { ...valuesOf(told, sources), by: sources };
}

function valuesOf(told: ToldJail, { own, defaults, ofFilter }: Sources): Omit<PlacedJail, 'by'> {
  const value = (option: string): PlacedValue | null => {
    const ofJail = [...own.chain(option), ...defaults.chain(option)];
    const ofFilterToo = jailOption(option)?.ofFilter === true;
    const inherited = ofFilterToo ? (ofFilter?.chain(['Definition', 'DEFAULT'], option) ?? []) : [];
    if (ofJail.length > 0 || Object.hasOwn(told.options, option)) {
      return placed(option, told.options[option] ?? null, [...ofJail, ...inherited]);
    }
    if (!Object.hasOwn(told.fromFilter, option)) return null;
    return placed(option, told.fromFilter[option] ?? null, inherited);
  };
  const written = own.entries.filter((one) => one.section === told.name);
  const ownOptions = new Set(written.map((one) => one.key));
  const options = new Set([...jailOptions.map((one) => one.name), ...ownOptions]);
  const values = [...options].flatMap((option) => value(option) ?? []);
  return { told, value, ownOptions, values, wrong: wrongValues(told, { values, value }) };
}
