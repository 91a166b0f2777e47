/** `npm run make-verifier`: writes resources/cluster/verifier.js. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { VERIFIER, verifierBundle } from './verifier-bundle.ts'

mkdirSync(dirname(VERIFIER), { recursive: true })
writeFileSync(VERIFIER, await verifierBundle())
console.log(VERIFIER)
