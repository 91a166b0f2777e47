/** The API between window and program: one file per domain. */
import { datasetsContract } from './datasets'
import { evaluationsContract } from './evaluations'
import { explorerContract } from './explorer'
import { exportsContract } from './exports'
import { hubContract } from './hub'
import { modelsContract } from './models'
import { plansContract } from './plans'
import { playgroundContract } from './playground'
import { runsContract } from './runs'
import { serversContract } from './servers'
import { studiesContract } from './studies'
import { systemContract } from './system'

export const contract = {
  datasets: datasetsContract,
  evaluations: evaluationsContract,
  explorer: explorerContract,
  exports: exportsContract,
  hub: hubContract,
  models: modelsContract,
  plans: plansContract,
  playground: playgroundContract,
  runs: runsContract,
  servers: serversContract,
  studies: studiesContract,
  system: systemContract,
}
