import { Button, Stack, Text, Title } from '@mantine/core'
import { formatBytes, formatCount } from '@renderer/lib/format'
import type { ExportPreview, ExportRequest } from '@shared/contract/exports'
import type { ReactNode } from 'react'
import type { ChosenDestination } from './destination'
import classes from './export.module.css'
import { FORMATS } from './formats'

interface SummaryProps {
  readonly request: ExportRequest | null
  readonly preview: ExportPreview | undefined
  readonly previewProblem: string | null
  readonly destination: ChosenDestination | null
  readonly isBusy: boolean
  readonly isStarting: boolean
  readonly onStart: () => void
}

/** What is missing before the export can start; null if nothing is. */
function missing({ request, preview, previewProblem, destination, isBusy }: SummaryProps): string | null {
  if (isBusy) return 'Another export or import is running.'
  if (!request) return 'Choose a checkpoint.'
  if (previewProblem !== null) return previewProblem
  if (!preview) return 'Counting the contents…'
  if (preview.count === 0) return 'The run has nothing to export in this format.'
  if (!destination) return 'Choose a destination.'
  const { found, replaces } = destination
  if (found.problem !== null) return 'The destination cannot be used.'
  if (found.isReplacing && !replaces) return 'A file of that name exists.'
  if (found.freeBytes !== null && found.freeBytes < preview.bytes) return 'The disk does not have enough space.'
  return null
}

function Fact({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </>
  )
}

/** Says whether the export is ready or what is missing, and its size before anything is written. */
export function SummaryCard(props: SummaryProps) {
  const { request, preview, destination, isStarting, onStart } = props
  const problem = missing(props)
  const free = destination?.found.freeBytes ?? null
  return (
    <Stack component="aside" className={`panel ${classes.side}`} p="md" gap="md" aria-label="Summary">
      <Title order={2}>{problem === null ? 'Ready' : 'Not ready yet'}</Title>
      <dl className={classes.facts}>
        <Fact label="Format">{FORMATS.find(({ format }) => format === request?.format)?.label ?? '–'}</Fact>
        <Fact label="Contents">{preview ? `${formatCount(preview.count)} ${preview.unit}` : '–'}</Fact>
        <Fact label="Size">{preview ? `${preview.isExact ? '' : 'about '}${formatBytes(preview.bytes)}` : '–'}</Fact>
        <Fact label="Free space">{free === null ? '–' : formatBytes(free)}</Fact>
      </dl>
      {problem !== null && (
        <Text size="sm" role="status">
          {problem}
        </Text>
      )}
      <Button size="sm" disabled={problem !== null} loading={isStarting} onClick={onStart}>
        Export
      </Button>
    </Stack>
  )
}
