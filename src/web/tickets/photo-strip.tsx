import type { TicketDetail } from '../../api/ticket-schemas.ts';
import { useNow } from '../core/clock.ts';
import { useDisplay } from '../i18n/language.tsx';

type Photo = TicketDetail['photos'][number];

const frame = 'size-24 rounded-control border border-line object-cover middle:size-28 large:size-36';

/** Photos in a row; each opens in full. */
export function PhotoStrip({ photos }: { photos: readonly Photo[] }) {
  const { t, format } = useDisplay();
  const now = useNow(60_000);
  if (photos.length === 0) return null;
  return (
    <ul className="flex flex-wrap gap-2">
      {photos.map((photo) => {
        const label = t('photo.by', {
          stage: t(`photo.${photo.stage}`),
          name: photo.account?.name ?? t('common.unknown'),
          time: format.moment(photo.at, now),
        });
        return (
          <li key={photo.id}>
            <a
              href={photo.url}
              target="_blank"
              rel="noreferrer"
              title={label}
              className="block rounded-control"
            >
              <img src={photo.url} alt={label} loading="lazy" className={frame} />
            </a>
          </li>
        );
      })}
    </ul>
  );
}
