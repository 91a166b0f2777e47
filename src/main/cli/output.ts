/** Where a command writes: results to standard output (JSON Lines with --json, nothing else there), everything else to standard error. */
import { describeBug, describeError, ERROR_CODES, GpoError } from '@shared/errors'
import { safeJson, safeLine, safeText } from '@shared/shown'

export interface Output {
  readonly isJson: boolean
  /** One JSON line; nothing without --json. */
  json(value: unknown): void
  /** One line for a person; nothing with --json. */
  line(text?: string): void
  /** One line on standard error, always. */
  note(text: string): void
}

export function createOutput(isJson: boolean): Output {
  return {
    isJson,
    json: (value) => void (isJson && process.stdout.write(`${safeJson(JSON.stringify(value))}\n`)),
    line: (text = '') => void (isJson || process.stdout.write(`${safeText(text)}\n`)),
    note: (text) => void process.stderr.write(`${safeText(text)}\n`),
  }
}

/**
 * If the reader of the output has closed it (`gpo show last | head`), the rest is dropped and the work continues. So it does where the output
 * cannot be written, on a full disk for example; the command then ends with that failure.
 */
export function dropWhatNobodyReads(): void {
  process.stderr.on('error', () => {})
  process.stdout.once('error', (error: NodeJS.ErrnoException) => {
    process.stdout.on('error', () => {})
    if (error.code === 'EPIPE') return
    process.stderr.write(`gpo: the output cannot be written (${error.code}): write it to another disk\n`)
    process.once('exit', () => {
      process.exitCode = ERROR_CODES.storage
    })
  })
}

/** Prints the error; @returns the exit code. Only bugs get a stack trace. */
export function reportError(error: unknown): number {
  if (error instanceof GpoError) {
    process.stderr.write(`gpo: ${error.message}${error.code === 'changed' ? ': --allow-changed' : ''}\n`)
    return ERROR_CODES[error.code]
  }
  process.stderr.write(
    `gpo: unexpected error: ${describeError(error)}\n${error instanceof Error ? describeBug(error) : ''}\n`,
  )
  return 1
}

/** Characters of a cell: the longest name of a run, and room. */
const MAX_CELL = 400

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB']

export function formatBytes(bytes: number): string {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log(Math.max(1, bytes)) / Math.log(1000)))
  return `${(bytes / 1000 ** power).toPrecision(3)} ${UNITS[power]}`
}

export function formatSeconds(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`
  return `${(seconds / 3600).toFixed(1)} h`
}

/** Minutes are enough. A number that is no time is one of a damaged database. */
export const formatTime = (ms: number): string =>
  Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString().slice(0, 16).replace('T', ' ') : 'no time'

export const formatPercent = (share: number): string => `${(100 * share).toFixed(1)} %`

/** Columns padded to their widest cell; a cell is one line. */
export function formatTable(table: readonly (readonly string[])[]): string {
  const rows = table.map((row) => row.map((cell) => safeLine(cell, MAX_CELL)))
  const widths = rows[0]?.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0))) ?? []
  return rows
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
