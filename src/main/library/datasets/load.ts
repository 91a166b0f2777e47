/**
 * Loads a dataset as examples: finds its files and parts, reads the wanted part, recognises the layout, converts row by row. Bad rows are listed
 * and left out; a dataset without a usable row is an error. Knows no tokenizer and no verifier.
 */
import { GpoError } from '@shared/errors'
import type { Dataset, DatasetPart, Delimiter, TypedExamples } from '@shared/schemas/dataset'
import { type Account, columnNotes, noteColumns, rolesOf, startAccount, unusedOf } from './account'
import { parseColumnMap, wantedColumns } from './column-map'
import { type Intake, isFull, nothingUsable, settle, startIntake, take } from './intake'
import { choosePart, type PlacedRecord, readRecords, rowOf, type WantedPart } from './read/records'
import { type DataSource, findSource } from './read/source'

export interface LoadOptions {
  /** Role to column or path; takes precedence over the columns' own names. */
  readonly columns?: Readonly<Record<string, string>>
  /** Most examples; the rest of the file is not read. */
  readonly limit?: number
  /** Train, validation, test, …; `evaluation` means the evaluation part. Without it, the training part. */
  readonly part?: WantedPart
  /** What separates the fields of a CSV file. */
  readonly delimiter?: Delimiter
}

export type LoadDataset = (path: string, options?: LoadOptions) => Promise<Dataset>

/** Where it is done: in this process, until a host with a window names another one. */
let load: LoadDataset = loadHere

/**
 * Reads a JSON Lines, JSON, CSV or Parquet file, or a folder of them as one dataset. Throws GpoError('data') if nothing in it can be used; the
 * message names the file, what was found and the cure.
 */
export const loadDataset: LoadDataset = (path, options) => load(path, options)

/** @param other null: this process */
export function loadDatasetsBy(other: LoadDataset | null): void {
  load = other ?? loadHere
}

async function loadHere(path: string, options: LoadOptions = {}): Promise<Dataset> {
  const source = await findSource(path)
  const fileParts = [...new Set(source.files.flatMap(({ part }) => part ?? []))]
  const wanted = fileParts.length > 0 ? requirePart(path, options.part, fileParts) : null
  const files = wanted === null ? source.files : source.files.filter((file) => file.part === wanted)
  const notes = new Set(source.notes)
  const account = startAccount()
  const intakes = await readParts(path, { files, notes: [] }, options, account, notes)
  const parts = [...intakes.keys()].flatMap((part) => part ?? [])
  const part = wanted ?? (parts.length > 0 ? requirePart(path, options.part, parts) : null)
  const intake = intakes.get(part) ?? startIntake(parseColumnMap(options.columns))
  if (part !== null && part !== 'train' && options.part === undefined)
    notes.add(`there is no training part: the part "${part}" is read`)
  if (part !== null && intakes.has(null))
    notes.add(`${intakes.get(null)?.rows} rows belong to no part and are not used`)
  const dataset = finish(path, intake, account)
  return {
    ...dataset,
    ...{ files: files.map((file) => file.path), part, parts: partsOf(source, intakes) },
    notes: [...notes, ...dataset.notes],
  }
}

/** @throws {GpoError} 'data' if the dataset does not have the part */
function requirePart(path: string, wanted: WantedPart | undefined, parts: readonly string[]): string {
  const part = choosePart(wanted, parts)
  if (part !== null && parts.includes(part)) return part
  const found = `its parts are ${parts.slice(0, 20).join(', ')}`
  throw new GpoError('data', `${path} has no part "${String(wanted).slice(0, 60)}"; ${found}`)
}

/** Each part gets its own intake, because which one is wanted may be known only at the end. */
async function readParts(
  path: string,
  source: DataSource,
  { columns, limit, delimiter, part }: LoadOptions,
  account: Account,
  notes: Set<string>,
): Promise<ReadonlyMap<string | null, Intake>> {
  const map = parseColumnMap(columns)
  const intakes = new Map<string | null, Intake>()
  const options = {
    ...(delimiter === undefined ? {} : { delimiter }),
    wanted: wantedColumns(map),
    onColumns: (names: readonly string[]) => noteColumns(account, names),
    onNote: (note: string) => void notes.add(note),
    onDuplicate: (name: string) => void account.duplicates.add(name),
  }
  let row = 0
  for await (const record of readRecords(source, options)) {
    const intake = intakes.get(record.of) ?? startIntake(map, limit, account)
    intakes.set(record.of, intake)
    if (isFull(intake) && isWanted(record, part)) break
    if (isFull(intake)) intake.rows++
    else take(path, record, rowOf(source, record, row), intake)
    row++
  }
  for (const intake of intakes.values()) if (intake.arrangement === null) settle(path, intake)
  return intakes
}

/** Takes a record of the wanted part; records of other parts may come in between. */
const isWanted = ({ of }: PlacedRecord, part: WantedPart | undefined) => of === null || of === (part ?? 'train')

function partsOf({ files }: DataSource, intakes: ReadonlyMap<string | null, Intake>): readonly DatasetPart[] {
  const named = new Map<string, DatasetPart>()
  for (const { part, path } of files) {
    if (part !== null) named.set(part, { name: part, files: [...(named.get(part)?.files ?? []), path] })
  }
  for (const part of intakes.keys()) if (part !== null && !named.has(part)) named.set(part, { name: part, files: [] })
  return [...named.values()]
}

function finish(
  path: string,
  intake: Intake,
  account: Account,
): Omit<Dataset, 'files' | 'part' | 'parts'> & TypedExamples {
  const { arrangement, rows, badRows, badRowCount, examples } = intake
  if (arrangement === null || examples.length === 0) throw nothingUsable(path, intake)
  badRows.sort((a, b) => a.line - b.line)
  // The converter of a layout makes the examples of its kind.
  const typed = { kind: arrangement.kind, examples } as TypedExamples
  return {
    ...{ layout: arrangement.layout, rows, badRows, badRowCount, columns: [...account.columns] },
    ...{ roles: rolesOf(arrangement, account), unused: unusedOf(account) },
    notes: [
      ...columnNotes(account),
      ...(arrangement.firstChoice === 1 ? ['numbers of right choices begin with 1'] : []),
    ],
    ...typed,
  }
}
