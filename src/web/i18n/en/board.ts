import type { boardZh } from '../zh/board.ts';

export const boardEn: Record<keyof typeof boardZh, string> = {
  'board.open': 'Open incidents ({count})',
  'board.calm': 'Nothing is open',
  'board.calmNote': 'New incidents appear here and ring.',
  'board.review': 'To review ({count})',
  'board.closed': 'Lately closed',
  'board.map': 'Schematic of the grids',
  'board.chosen': 'The chosen incident',
  'board.choose': 'Choose an incident',
  'board.chooseNote': 'Press an incident or its pin; its time line and what you can do appear here.',
  'board.wearers': 'Wearers ({count})',
  'board.filter': 'Filter by state',
  'board.noWearers': 'No wearer is in this state.',
  'stats.open': 'Open incidents',
  'stats.unacknowledged': 'Unanswered',
  'stats.subjects': 'Wearers',
  'stats.devices': 'Devices',
  'stats.silent': 'Silent devices',
  'stats.uplinks': 'Uplinks in the last hour',
  'stats.ackP50': 'Time to answer (median)',
  'stats.ackP95': 'Time to answer (95%)',
};
