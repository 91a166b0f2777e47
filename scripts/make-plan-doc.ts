/** `npm run plan-doc`: writes docs/plan.md, and README's table of first models. */
import { readFileSync, writeFileSync } from 'node:fs'
import { withFirstModels } from './first-models-doc'
import { planDocument } from './plan-doc'

writeFileSync('docs/plan.md', planDocument())
writeFileSync('README.md', withFirstModels(readFileSync('README.md', 'utf8')))
