import type { accountZh } from '../zh/account.ts';

export const accountEn: Record<keyof typeof accountZh, string> = {
  'login.title': 'Sign in',
  'login.login': 'Account',
  'login.password': 'Password',
  'login.show': 'Show the password',
  'login.submit': 'Sign in',
  'login.wrong': 'Account or password is wrong. Please try again.',
  'login.ended': 'Your session has ended. Please sign in again.',
  'login.help': 'Forgot the password? The administrator of your street sets a new one.',
  'login.promise': 'Whoever presses SOS is answered by a person.',
  'login.promiseNote':
    'An elder presses her wristband; grid worker and family see where she is at once. Whoever does not answer is followed by the next, until somebody is there.',
  'account.title': 'My account',
  'account.name': 'Name',
  'account.login': 'Account',
  'account.phone': 'Phone',
  'account.roles': 'Roles',
  'account.grids': 'Grids',
  'account.display': 'Language and print',
  'account.language': 'Language',
  'account.largePrint': 'Large print',
  'account.largePrintNote': 'Large print makes text and buttons bigger, in one column.',
  'account.thisDevice': 'This device',
  'account.contact': 'Last heard from the server',
  'account.signOut': 'Sign out',
  'sound.locked': 'The ring is not switched on yet',
  'sound.unavailable': 'This browser cannot ring',
  'sound.why':
    'Browsers keep silent until you touch the page. Turn the volume up, hear the ring once, and leave the page open.',
  'sound.test': 'Hear the ring and switch it on',
  'sound.ready': 'The ring is on',
  'sound.tested': 'Did you hear it? If not, turn the volume up',
  'sound.again': 'Hear it again',
  'property.title': 'Tickets',
  'property.note': 'Tickets for faults of building sensors arrive here.',
  'property.none': 'No ticket is assigned to you',
  'property.noneNote':
    'Faults that sensors find, such as a leak or a tripped breaker, become tickets with a deadline for property accounts. Emergencies of wristbands do not come here.',
  'property.account': 'The account that gets the tickets',
  'property.accountNote':
    'Tickets are assigned to this account. If the phone is wrong, tell the administrator.',
};
