/** The map with what stands under it: the legend, thresholds, and the zoom. */
import IconMinus from '@tabler/icons-react/dist/esm/icons/IconMinus.mjs';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import IconZoomReset from '@tabler/icons-react/dist/esm/icons/IconZoomReset.mjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { IconButton } from '../../../ui/button.tsx';
import { stepLabels } from '../../../ui/charts/heat-steps.ts';
import { StepLegend } from '../../../ui/charts/step-legend.tsx';
import { formatCount } from '../../../ui/numbers.ts';
import { useSize } from '../../../ui/use-size.ts';
import type { CountryRow } from './country-rows.ts';
import { ThresholdSettings } from './threshold-settings.tsx';
import type { Thresholds } from './thresholds.ts';
import { useMapZoom } from './use-map-zoom.ts';
import { WorldMap } from './world-map.tsx';
import { readWorld } from './world.ts';

interface MapBoardProps {
  /** Every row, the most bans first. */
  rows: readonly CountryRow[];
  thresholds: Thresholds;
  onThresholds: (thresholds: Thresholds) => void;
  chosen: string | undefined;
  onChoose: (code: string | undefined) => void;
  /** Name of the time before. */
  before: string;
  nameOf: (code: string) => string;
}

const nothing = { width: 0, height: 0 };

export function MapBoard(props: MapBoardProps) {
  const { rows, thresholds, onThresholds, chosen, onChoose, before, nameOf } = props;
  const { t } = useTranslation();
  const [world] = useState(readWorld);
  const { ref, size } = useSize();
  const { onSvg, ...zooming } = useMapZoom(size);
  return (
    <>
      <WorldMap
        world={world}
        rows={rows}
        thresholds={thresholds}
        chosen={chosen}
        onChoose={onChoose}
        before={before}
        nameOf={nameOf}
        size={size ?? nothing}
        onFrame={ref}
        onSvg={onSvg}
        zooming={zooming}
      />
      <div className="map-tools">
        <StepLegend name={t('map.in_range_long')} labels={stepLabels(thresholds, formatCount)} />
        <div className="map-buttons">
          <ThresholdSettings thresholds={thresholds} onChange={onThresholds} />
          {zooming.zoom.scale > 1 ? (
            <IconButton label={t('map.zoom_reset')} icon={IconZoomReset} onClick={zooming.reset} />
          ) : null}
          <div className="map-zoom">
            <IconButton label={t('map.zoom_in')} icon={IconPlus} onClick={() => zooming.step(1.5)} />
            <IconButton label={t('map.zoom_out')} icon={IconMinus} onClick={() => zooming.step(1 / 1.5)} />
          </div>
        </div>
      </div>
    </>
  );
}
