import { shownPages } from './page-list.ts';
import { testReadable } from './readable.ts';

testReadable('every page of families, responders and properties', shownPages);
