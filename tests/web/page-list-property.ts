import type { Page } from 'playwright-core';
import type { ShownPage } from './page-list.ts';

const open = (name: RegExp) => (page: Page) => page.getByRole('button', { name }).first().click();

async function confirmSwitch(page: Page): Promise<void> {
  await open(/^(分合闸|Switch)$/)(page);
  await page.getByLabel(/分闸（断电）|Open \(power off\)/).check();
  await page.getByRole('dialog').getByRole('textbox').fill('…');
  await open(/^(下一步|Next)$/)(page);
  await page.getByText(/请再确认一次|Please confirm once more/).waitFor();
}

/** Pages of the property manager, the repairer, and what desks see of tickets and buildings. */
export const propertyPages: readonly ShownPage[] = [
  { name: 'property', login: 'property', path: '/property' },
  { name: 'ticket, new', login: 'property', path: '/tickets/1' },
  { name: 'ticket, at work', login: 'repairer', path: '/tickets/2' },
  { name: 'ticket, risen', login: 'dispatcher', path: '/tickets/3' },
  { name: 'ticket, request', login: 'dispatcher', path: '/tickets/4' },
  { name: 'ticket, finished', login: 'property', path: '/tickets/7' },
  { name: 'finish', login: 'repairer', path: '/tickets/2', after: open(/^(处理完毕|Work is done)$/) },
  { name: 'assign', login: 'property', path: '/tickets/2', after: open(/^(派人处理|Send somebody)$/) },
  { name: 'verify', login: 'property', path: '/tickets/7', after: open(/^(核验|Verify)$/) },
  {
    name: 'ask for a pause',
    login: 'property',
    path: '/tickets/2',
    after: open(/^(申请暂停|Ask for a pause)$/),
  },
  { name: 'tickets', login: 'dispatcher', path: '/tickets' },
  { name: 'buildings of the property', login: 'property', path: '/assets' },
  { name: 'estate', login: 'dispatcher', path: '/assets/501' },
  { name: 'switch', login: 'property', path: '/assets/523', after: confirmSwitch },
  { name: 'sensors', login: 'property', path: '/sensors', after: open(/^(全部|All) \d+$/) },
];
