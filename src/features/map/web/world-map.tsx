/** The map: countries in steps of colour, chosen by pointer or keys, zoomed by wheel, drag and buttons. */
import { useId, useMemo, useState, type KeyboardEvent, type MouseEvent, type PointerEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { formatCount } from '../../../ui/numbers.ts';
import { stepOf } from '../../../ui/charts/heat-steps.ts';
import type { CountryRow } from './country-rows.ts';
import { fitWorld, landOf, placeCountries } from './map-layout.ts';
import { Lands } from './map-lands.tsx';
import { MapMarks } from './map-marks.tsx';
import { MapTip } from './map-tip.tsx';
import type { Thresholds } from './thresholds.ts';
import type { MapZoom } from './use-map-zoom.ts';
import type { World } from './world.ts';

interface WorldMapProps {
  world: World;
  /** Every row, the most bans first. */
  rows: readonly CountryRow[];
  thresholds: Thresholds;
  chosen: string | undefined;
  onChoose: (code: string | undefined) => void;
  /** Name of the time before. */
  before: string;
  nameOf: (code: string) => string;
  size: { width: number; height: number };
  onFrame: (element: Element | null) => (() => void) | undefined;
  onSvg: (element: Element | null) => (() => void) | undefined;
  zooming: Omit<MapZoom, 'onSvg'>;
}

export function WorldMap({
  world,
  rows,
  thresholds,
  chosen,
  onChoose,
  before,
  nameOf,
  size,
  onFrame,
  onSvg,
  zooming,
}: WorldMapProps) {
  const { t } = useTranslation();
  const id = useId();
  const [hovered, setHovered] = useState<string | null>(null);
  const [focused, setFocused] = useState<string | null>(null);
  const { zoom, handlers } = zooming;
  const fit = fitWorld(world, size);
  const countries = useMemo(() => rows.filter(({ isCountry, bans }) => isCountry && bans > 0), [rows]);
  const options = useMemo(
    () =>
      new Map(
        countries.map((row, index) => [
          row.code,
          {
            id: `${id}-${row.code}`,
            place: index + 1,
            step: stepOf(row.bans, thresholds),
            label: t('map.option', {
              name: row.name,
              bans: t('charts.bans', { count: row.bans, n: formatCount(row.bans) }),
            }),
          },
        ]),
      ),
    [countries, thresholds, id, t],
  );
  const places = placeCountries({ world, rows: countries, fit, zoom }, formatCount);
  const shown = hovered ?? focused;
  const shownSpot = shown === null ? undefined : places.spots.get(shown);

  const focusAt = (index: number): void => {
    const row = countries[Math.max(0, Math.min(countries.length - 1, index))];
    if (row === undefined) return;
    setFocused(row.code);
    const land = landOf(world, row.code) ?? world.dots.find(({ code }) => code === row.code);
    if (land !== undefined) {
      zooming.show({ x: fit.left + land.x * fit.base, y: fit.top + land.y * fit.base });
    }
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = countries.findIndex(({ code }) => code === focused);
    if (event.key === 'ArrowDown' || event.key === 'ArrowRight') focusAt(at + 1);
    else if (event.key === 'ArrowUp' || event.key === 'ArrowLeft') focusAt(at - 1);
    else if (event.key === 'Home') focusAt(0);
    else if (event.key === 'End') focusAt(countries.length - 1);
    else if (event.key === '+') zooming.step(1.5);
    else if (event.key === '-') zooming.step(1 / 1.5);
    else if (event.key === '0') zooming.reset();
    else if ((event.key === 'Enter' || event.key === ' ') && focused !== null) {
      onChoose(focused === chosen ? undefined : focused);
    } else if (event.key === 'Escape' && chosen !== undefined) onChoose(undefined);
    else return;
    event.preventDefault();
  };
  const onClick = (event: MouseEvent): void => {
    if (zooming.wasDrag()) return;
    const code = codeOf(event);
    if (code === null || !options.has(code)) return;
    onChoose(code === chosen ? undefined : code);
  };
  const onPointerMove = (event: PointerEvent<Element>): void => {
    handlers.onPointerMove(event);
    setHovered(event.pointerType === 'touch' ? null : codeOf(event));
  };
  const transform = `translate(${zoom.x + zoom.scale * fit.left} ${zoom.y + zoom.scale * fit.top}) scale(${zoom.scale * fit.base})`;
  return (
    <div ref={onFrame} className="map-frame" style={{ aspectRatio: `${world.width} / ${world.height}` }}>
      <span id={`${id}-keys`} className="sr-only">
        {t('map.keys')}
      </span>
      <svg
        ref={onSvg}
        className={`map-svg ${zoom.scale > 1 ? 'map-zoomed' : ''}`}
        width={size.width}
        height={size.height}
        role="listbox"
        tabIndex={0}
        aria-label={t('map.label')}
        aria-describedby={`${id}-keys`}
        aria-activedescendant={focused === null ? undefined : options.get(focused)?.id}
        onKeyDown={onKeyDown}
        onFocus={(event) => {
          if (focused === null && event.target.matches(':focus-visible'))
            focusAt(chosen === undefined ? 0 : countries.findIndex(({ code }) => code === chosen));
        }}
        onBlur={() => setFocused(null)}
        onClick={onClick}
        {...handlers}
        onPointerMove={onPointerMove}
        onPointerLeave={() => setHovered(null)}
      >
        <g transform={transform} role="presentation">
          <Lands world={world} options={options} chosen={chosen} hidden={places.dots} />
          <Outline land={landOf(world, shown)?.path} name="map-shown" />
          <Outline land={landOf(world, chosen)?.path} name="map-chosen" />
        </g>
        <MapMarks places={places} options={options} rows={countries} chosen={chosen} shown={shown} />
      </svg>
      {shown === null || shownSpot === undefined ? null : (
        <MapTip
          code={shown}
          name={nameOf(shown)}
          row={rows.find(({ code }) => code === shown)}
          before={before}
          spot={shownSpot}
          frame={size}
        />
      )}
    </div>
  );
}

function Outline({ land, name }: { land: string | undefined; name: string }) {
  return land === undefined ? null : <path className={name} d={land} aria-hidden />;
}

function codeOf(event: { target: EventTarget }): string | null {
  return event.target instanceof Element ? event.target.getAttribute('data-code') : null;
}
