/** The pages of the left rail, in its order. */
import {
  type Icon,
  IconAdjustments,
  IconChecklist,
  IconDatabase,
  IconFileExport,
  IconFlask,
  IconHelpCircle,
  IconListDetails,
  IconMessages,
  IconPackage,
  IconPlus,
  IconRoute,
} from '@tabler/icons-react'

export interface PageEntry {
  readonly path: string
  readonly label: string
  readonly icon: Icon
  readonly keywords: string
}

export const PAGES: readonly PageEntry[] = [
  { path: '/', label: 'Runs', icon: IconListDetails, keywords: 'home list compare table' },
  { path: '/new', label: 'New run', icon: IconPlus, keywords: 'train start plan hyper-parameters' },
  {
    path: '/experiments',
    label: 'Experiments',
    icon: IconFlask,
    keywords: 'study studies seeds arms sweep compare guidance',
  },
  { path: '/explorer', label: 'Explorer', icon: IconRoute, keywords: 'trajectories critical steps values' },
  { path: '/models', label: 'Models', icon: IconPackage, keywords: 'checkpoints weights add folder' },
  { path: '/datasets', label: 'Datasets', icon: IconDatabase, keywords: 'import csv jsonl parquet verifier' },
  { path: '/playground', label: 'Playground', icon: IconMessages, keywords: 'prompt try chat compare' },
  {
    path: '/evaluate',
    label: 'Evaluate',
    icon: IconChecklist,
    keywords: 'accuracy pass@k majority benchmark test compare models mcnemar score',
  },
  { path: '/export', label: 'Export', icon: IconFileExport, keywords: 'safetensors adapter bundle pairs' },
  { path: '/settings', label: 'Settings', icon: IconAdjustments, keywords: 'doctor diagnostics backend theme' },
  {
    path: '/help',
    label: 'Help',
    icon: IconHelpCircle,
    keywords: 'glossary words meaning formula explain what is tour',
  },
]
