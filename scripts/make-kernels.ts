/** `npm run make-kernels`: writes src/main/engine/optim/kernel/module.ts. */
import { writeFileSync } from 'node:fs'
import { kernelModule, MODULE } from './kernels.ts'

writeFileSync(MODULE, await kernelModule())
console.log(MODULE)
