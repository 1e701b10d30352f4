import type { Route } from '../core/router.ts';
import { EditWearerPage } from './edit-wearer-page.tsx';
import { FamilyHome } from './family-home.tsx';
import { RegisterPage } from './register-page.tsx';
import { WearerPage } from './wearer-page.tsx';

/** The pages of a family member. */
export function FamilyPages({ route }: { route: Route }) {
  const { id, name } = route;
  if (name === 'register') return <RegisterPage />;
  if (name === 'wearer' && id) return <WearerPage key={id} id={id} />;
  if (name === 'editWearer' && id) return <EditWearerPage key={id} id={id} />;
  return <FamilyHome />;
}
