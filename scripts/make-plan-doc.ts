/** `npm run plan-doc`: writes docs/plan.md. */
import { writeFileSync } from 'node:fs'
import { planDocument } from './plan-doc'

writeFileSync('docs/plan.md', planDocument())
