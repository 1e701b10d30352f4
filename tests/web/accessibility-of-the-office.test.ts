import { officePages } from './page-list-office.ts';
import { testReadable } from './readable.ts';

testReadable('every page of dispatchers and administrators', officePages);
