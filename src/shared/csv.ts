/** Tables as CSV. */
export type CsvValue = string | number | null | undefined

const FORMULA = /^[=+\-@\t\r]/

/** Quoted as RFC 4180 says; a text that a spreadsheet would run as a formula is made a text. */
function cell(value: CsvValue): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'number') return String(value)
  const safe = FORMULA.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** @param rows the names of the columns first */
export const csvOf = (rows: readonly (readonly CsvValue[])[]): string =>
  rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('')
