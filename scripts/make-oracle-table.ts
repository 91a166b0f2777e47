/** `npm run oracle-table`: writes the measured tables of docs/parity.md. */
import { readFileSync, writeFileSync } from 'node:fs'
import { withOracleTables } from './oracle-table'

const DOCUMENT = 'docs/parity.md'

writeFileSync(DOCUMENT, withOracleTables(readFileSync(DOCUMENT, 'utf8')))
