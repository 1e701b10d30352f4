import type { TicketDetail } from '../../api/ticket-schemas.ts';
import { useDisplay } from '../i18n/language.tsx';
import { Card } from '../ui/surface.tsx';
import { mayTakePhotos } from './describe.ts';
import { PhotoStrip } from './photo-strip.tsx';
import { PhotoTaker } from './photo-taker.tsx';

const stages = ['before', 'after'] as const;

/** How it looked before and after, side by side. */
export function PhotosCard({ ticket }: { ticket: TicketDetail }) {
  const { t } = useDisplay();
  const mayTake = mayTakePhotos(ticket);
  if (!mayTake && ticket.photos.length === 0) return null;
  return (
    <Card title={t('photo.title')} icon="camera">
      <div className="grid gap-4 middle:grid-cols-2">
        {stages.map((stage) => {
          const photos = ticket.photos.filter((photo) => photo.stage === stage);
          return (
            <section
              key={stage}
              aria-label={t(`photo.${stage}`)}
              className="grid min-w-0 content-start gap-2"
            >
              <h3 className="text-small font-semibold text-muted">{t(`photo.${stage}`)}</h3>
              {photos.length === 0 && <p className="text-small text-muted">{t('photo.none')}</p>}
              <PhotoStrip photos={photos} />
              {mayTake && <PhotoTaker ticketId={ticket.id} stage={stage} />}
            </section>
          );
        })}
      </div>
    </Card>
  );
}
