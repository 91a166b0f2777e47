/** The API between window and program: one file per domain. */
import { datasetsContract } from './datasets'
import { explorerContract } from './explorer'
import { exportsContract } from './exports'
import { modelsContract } from './models'
import { plansContract } from './plans'
import { playgroundContract } from './playground'
import { runsContract } from './runs'
import { systemContract } from './system'

export const contract = {
  datasets: datasetsContract,
  explorer: explorerContract,
  exports: exportsContract,
  models: modelsContract,
  plans: plansContract,
  playground: playgroundContract,
  runs: runsContract,
  system: systemContract,
}
