import { useState } from 'react';
import type { GridView, Person } from '../../api/schemas.ts';
import { adminApi } from '../core/admin-endpoints.ts';
import { api } from '../core/endpoints.ts';
import { useQuery } from '../core/query.ts';
import { hasRole, useSession } from '../core/session.tsx';
import { useDisplay } from '../i18n/language.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { CheckField } from '../ui/field.tsx';
import { Fetched } from '../ui/states.tsx';
import { useSubmit } from '../ui/submit.ts';
import { Card, Notice } from '../ui/surface.tsx';

/** Who sits at the desk of a grid: tickets and incidents that rise arrive there. */
export function DeskCard({ grid }: { grid: GridView }) {
  const { t } = useDisplay();
  const { me } = useSession();
  const [editing, setEditing] = useState(false);
  const query = useQuery(`desk-${grid.id}`, () => adminApi.desk(grid.id));
  return (
    <Card
      title={t('grids.desk')}
      icon="users"
      aside={
        hasRole(me, 'admin') && (
          <Button size="small" icon="edit" disabled={!query.data} onClick={() => setEditing(true)}>
            {t('grids.deskEdit')}
          </Button>
        )
      }
    >
      <Fetched query={query}>
        {(people) => (
          <>
            <p className="text-small">
              {people.length === 0
                ? t('grids.deskEmpty')
                : people.map((person) => person.name).join(t('common.comma'))}
            </p>
            {editing && (
              <DeskDialog
                grid={grid}
                people={people}
                onClose={() => setEditing(false)}
                onSaved={query.reload}
              />
            )}
          </>
        )}
      </Fetched>
    </Card>
  );
}

interface DeskDialogProps {
  grid: GridView;
  people: readonly Person[];
  onClose: () => void;
  onSaved: () => void;
}

function DeskDialog({ grid, people, onClose, onSaved }: DeskDialogProps) {
  const { t } = useDisplay();
  const submission = useSubmit();
  const accounts = useQuery('accounts', api.accounts);
  const [chosen, setChosen] = useState<readonly number[]>(people.map((person) => person.id));
  const save = async () => {
    await adminApi.putDesk(grid.id, [...chosen]);
    onSaved();
    onClose();
  };
  return (
    <Dialog open onClose={onClose} title={t('grids.deskOf', { name: grid.name })} note={t('grids.deskNote')}>
      <form className="grid gap-3" onSubmit={submission.onSubmit(save)}>
        <Fetched query={accounts}>
          {(all) => (
            <fieldset className="grid">
              <legend className="sr-only">{t('grids.desk')}</legend>
              {all
                .filter((account) => account.active && account.roles.includes('dispatcher'))
                .map((account) => (
                  <CheckField
                    key={account.id}
                    label={account.name}
                    checked={chosen.includes(account.id)}
                    onChange={(on) =>
                      setChosen(on ? [...chosen, account.id] : chosen.filter((id) => id !== account.id))
                    }
                  />
                ))}
            </fieldset>
          )}
        </Fetched>
        {submission.error && <Notice tone="danger" icon="alert" title={submission.error} live />}
        <Button type="submit" tone="action" block busy={submission.busy}>
          {t('common.save')}
        </Button>
      </form>
    </Dialog>
  );
}
