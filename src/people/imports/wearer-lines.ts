import { type KnownTrait, knownTraits } from '../../model/subjects.ts';
import { type Cells, cellsOf, wordsOf } from './cells.ts';
import type { ImportFault, ImportField, ImportRow } from './import-fault.ts';
import { placeFields, readPlace, type ToWgs84 } from './places.ts';

/** Columns of an import of wearers. */
export const wearerFields: readonly ImportField[] = [
  { name: 'name', zh: '姓名', en: 'name', others: ['佩戴人'] },
  { name: 'kind', zh: '类别', en: 'kind', others: ['类型'] },
  { name: 'sex', zh: '性别', en: 'sex', others: ['gender'] },
  { name: 'birth_year', zh: '出生年份', en: 'birth_year', others: ['出生年'] },
  { name: 'phone', zh: '电话', en: 'phone', others: ['手机', '联系电话', '手机号'] },
  { name: 'address', zh: '住址', en: 'address', others: ['地址', '家庭住址'] },
  ...placeFields,
  { name: 'grid', zh: '网格编码', en: 'grid', others: ['网格', '所属网格', 'grid_code'] },
  { name: 'lives_alone', zh: '独居', en: 'lives_alone', others: ['独自居住', '是否独居'] },
  { name: 'mobility', zh: '行动', en: 'mobility', others: ['行动能力'] },
  { name: 'traits', zh: '健康情况', en: 'traits', others: ['疾病', '病史', '慢病'] },
  { name: 'watch_home', zh: '离家提醒', en: 'watch_home', others: ['防走失'] },
  { name: 'home_radius_m', zh: '离家距离（米）', en: 'home_radius_m', others: ['离家距离'] },
  { name: 'care_notes', zh: '照护须知', en: 'care_notes', others: ['备注'] },
];

const kinds = wordsOf<'elder' | 'child'>({ elder: ['老人', '老年人'], child: ['孩子', '儿童'] });
const sexes = wordsOf<'female' | 'male'>({ female: ['女', 'f'], male: ['男', 'm'] });
const mobilities = wordsOf<'normal' | 'impaired'>({
  normal: ['正常', '自理', '能自理'],
  impaired: ['不便', '行动不便', '半自理', '不能自理', '失能'],
});
const answers = wordsOf<'yes' | 'no'>({
  yes: ['是', '有', 'y', 'true', '1'],
  no: ['否', '无', 'n', 'false', '0'],
});
const traitWords = wordsOf<KnownTrait>({
  copd: ['慢阻肺', '慢性阻塞性肺病', '慢性阻塞性肺疾病'],
  heart_disease: ['心脏病', '冠心病', '心衰', 'heart disease'],
  hypertension: ['高血压', 'high blood pressure'],
  diabetes: ['糖尿病'],
  dementia: ['认知障碍', '痴呆', '阿尔茨海默病', '老年痴呆'],
  bedridden: ['卧床', '长期卧床'],
  athlete: ['运动员'],
});

const MOST_TRAITS = 20;
const LONGEST_TRAIT = 32;

/** A line as it was understood; what it leaves out stays as it is. */
export interface WearerLine {
  line: number;
  name: string;
  kind: 'elder' | 'child' | undefined;
  sex: 'female' | 'male' | undefined;
  birthYear: number | undefined;
  phone: string | undefined;
  homeAddress: string | undefined;
  homeLatitude: number | undefined;
  homeLongitude: number | undefined;
  grid: string | undefined;
  livesAlone: boolean | undefined;
  mobility: 'normal' | 'impaired' | undefined;
  traits: string[] | undefined;
  watchHome: boolean | undefined;
  homeRadiusM: number | undefined;
  careNotes: string | undefined;
}

/** Every line that says what it means, and every fault of the others. */
export function readWearerLines(
  rows: readonly ImportRow[],
  toWgs84: ToWgs84,
): { lines: WearerLine[]; faults: ImportFault[] } {
  const faults: ImportFault[] = [];
  const lines = rows.flatMap((row) => {
    const cells = cellsOf(row);
    const name = cells.text('name', { most: 64, required: true });
    const line = {
      kind: cells.choice('kind', kinds),
      sex: cells.choice('sex', sexes),
      birthYear: cells.number('birth_year', [1900, 2100]),
      phone: cells.text('phone', { most: 32 }),
      homeAddress: cells.text('address', { most: 200 }),
      grid: cells.code('grid'),
      livesAlone: yesOrNo(cells, 'lives_alone'),
      mobility: cells.choice('mobility', mobilities),
      traits: readTraits(row, cells),
      watchHome: yesOrNo(cells, 'watch_home'),
      homeRadiusM: cells.number('home_radius_m', [30, 20_000]),
      careNotes: cells.text('care_notes', { most: 2000 }),
    };
    const place = readPlace(row, cells, toWgs84);
    faults.push(...cells.faults);
    if (name === undefined || cells.faults.length > 0) return [];
    const home = { homeLatitude: place?.latitude, homeLongitude: place?.longitude };
    return [{ line: row.line, name, ...line, ...home }];
  });
  return { lines, faults };
}

function yesOrNo(cells: Cells, field: string): boolean | undefined {
  const answer = cells.choice(field, answers);
  return answer === undefined ? undefined : answer === 'yes';
}

/** Words between commas or semicolons; those that rules know in any of their spellings, and others as they are. */
function readTraits(row: ImportRow, cells: Cells): string[] | undefined {
  const text = cells.text('traits', { most: MOST_TRAITS * (LONGEST_TRAIT + 1) });
  if (text === undefined) return undefined;
  const words = text.split(/[,，、;；|/]/).map((word) => word.trim());
  const traits = words.filter((word) => word !== '' && word !== '无');
  if (traits.length > MOST_TRAITS || traits.some((trait) => trait.length > LONGEST_TRAIT))
    cells.faults.push({
      line: row.line,
      field: 'traits',
      code: 'IMPORT_TRAITS_TOO_LONG',
      details: { most: MOST_TRAITS, longest: LONGEST_TRAIT },
    });
  const isKnown = (trait: string) => (knownTraits as readonly string[]).includes(trait);
  return [
    ...new Set(
      traits.map((trait) => (isKnown(trait) ? trait : (traitWords.get(trait.toLowerCase()) ?? trait))),
    ),
  ];
}
