import { useNow } from '../core/clock.ts';
import { api } from '../core/endpoints.ts';
import { useQuery } from '../core/query.ts';
import { useDisplay } from '../i18n/language.tsx';
import { valueText } from '../tickets/evidence.ts';

/** What belongs to the device and not to what it watches; its state and battery stand above. */
const ofTheDevice: readonly string[] = [
  'battery',
  'battery_voltage',
  'online',
  'rssi',
  'snr',
  'network_scan',
  'location',
];

/** What a device said last, each with its age. */
export function LatestValues({ deviceId }: { deviceId: number }) {
  const display = useDisplay();
  const { t, word, format } = display;
  const now = useNow(10_000);
  const query = useQuery(`latest-${deviceId}`, () => api.deviceLatest(deviceId), {
    topics: ['device', 'alert'],
    pollMs: 30_000,
  });
  const readings = (query.data ?? []).filter((reading) => !ofTheDevice.includes(reading.signal));
  if (!query.data) return null;
  if (readings.length === 0) return <p className="text-fine text-muted">{t('sensors.noReadings')}</p>;
  return (
    <dl className="grid grid-cols-[repeat(auto-fill,minmax(8.5rem,1fr))] gap-x-3 gap-y-2">
      {readings.map((reading) => (
        <div key={`${reading.signal}-${reading.channel}`} className="min-w-0">
          <dt className="text-fine text-muted">
            {word('signal', reading.signal)} {reading.channel && word('line', reading.channel)}
          </dt>
          <dd className="text-small font-semibold">
            {valueText(reading.signal, reading.value, display)}
            <span className="block text-fine font-normal text-muted">
              {format.ago(reading.observedAt, now)}
            </span>
          </dd>
        </div>
      ))}
    </dl>
  );
}
