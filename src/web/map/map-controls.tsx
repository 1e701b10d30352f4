import { useDisplay } from '../i18n/language.tsx';
import { Icon, type IconName } from '../ui/icons.tsx';
import { scaleLength } from './projection.ts';

interface MapControlsProps {
  widthM: number;
  onZoom: (factor: number) => void;
  onFit: () => void;
}

export function MapControls({ widthM, onZoom, onFit }: MapControlsProps) {
  const { t, format } = useDisplay();
  const length = scaleLength(widthM * 0.28);
  return (
    <>
      <div className="absolute top-2 right-2 grid gap-1.5">
        <ControlButton icon="plus" label={t('map.zoomIn')} onPress={() => onZoom(0.6)} />
        <ControlButton icon="minus" label={t('map.zoomOut')} onPress={() => onZoom(1.65)} />
        <ControlButton icon="fit" label={t('map.fit')} onPress={onFit} />
      </div>
      <div
        className="pointer-events-none absolute bottom-2 left-3 grid gap-0.5"
        style={{ width: `${(length / widthM) * 100}%` }}
      >
        <span className="w-max rounded-chip bg-white/85 px-1 text-fine font-medium text-ink">
          {format.metres(length)}
        </span>
        <span className="h-1.5 border-x-2 border-b-2 border-ink" />
      </div>
      <div className="pointer-events-none absolute top-2 left-3 grid justify-items-center text-fine leading-tight font-bold text-ink">
        <span aria-hidden="true">↑</span>
        <span>{t('map.north')}</span>
      </div>
    </>
  );
}

function ControlButton({ icon, label, onPress }: { icon: IconName; label: string; onPress: () => void }) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      onClick={onPress}
      className="grid size-11 place-items-center rounded-control border border-line bg-white/95 text-ink shadow-card hover:bg-sunken large:size-15"
    >
      <Icon name={icon} size={20} />
    </button>
  );
}
