import { Button, Drawer, Group, Stack, TagsInput, Text, Textarea } from '@mantine/core'
import { RunStatusMark } from '@renderer/components/status'
import { accuracyWords, afterWords } from '@renderer/lib/accuracy-words'
import { formatDuration } from '@renderer/lib/format'
import { shortPath } from '@shared/plan/short-path'
import type { RunListItem } from '@shared/schemas/run'
import { useEffect, useRef, useState } from 'react'
import { methodInWords } from './columns'
import { durationOf } from './table-model'

/** Milliseconds after the last key until a note is saved. */
const SAVE_AFTER = 600

interface NotesDrawerProps {
  readonly run: RunListItem
  /** Tags of all runs, to choose from. */
  readonly knownTags: readonly string[]
  readonly onSave: (patch: { note?: string; tags?: readonly string[] }) => void
  readonly onOpen: () => void
  readonly onExplore: () => void
  readonly onClose: () => void
}

/** Tags and notes of a run, saved as they are written. */
export function NotesDrawer({ run, knownTags, onSave, onOpen, onExplore, onClose }: NotesDrawerProps) {
  const [note, setNote] = useState(run.note)
  const unsaved = useRef<string | null>(null)
  const latest = useRef(onSave)
  latest.current = onSave
  const flush = useRef(() => {
    if (unsaved.current !== null) latest.current({ note: unsaved.current })
    unsaved.current = null
  })
  useEffect(() => {
    if (note === run.note && unsaved.current === null) return
    const timer = setTimeout(flush.current, SAVE_AFTER)
    return () => clearTimeout(timer)
  }, [note, run.note])
  useEffect(() => flush.current, [])
  return (
    <Drawer opened onClose={onClose} position="right" size={420} title={<Text fw={600}>{run.name}</Text>}>
      <Stack gap="lg">
        <Facts run={run} />
        <TagsInput
          label="Tags"
          description="Enter adds one"
          data={[...knownTags]}
          value={[...run.tags]}
          maxTags={50}
          maxLength={50}
          onChange={(tags) => onSave({ tags })}
        />
        <Textarea
          label="Notes"
          description="Saved as you write"
          placeholder="What you tried, what you found"
          value={note}
          maxLength={20_000}
          autosize
          minRows={8}
          maxRows={24}
          data-autofocus
          onChange={(event) => {
            unsaved.current = event.currentTarget.value
            setNote(event.currentTarget.value)
          }}
          onBlur={() => flush.current()}
        />
        <Group gap="sm">
          <Button onClick={onOpen}>Open run</Button>
          <Button variant="default" onClick={onExplore}>
            Explore its trajectories
          </Button>
        </Group>
      </Stack>
    </Drawer>
  )
}

/** Before training, at its best and at its end, one a line; of the held-out rows of the data. */
function Accuracies({ run: { base, best, last } }: { readonly run: RunListItem }) {
  const isSame = best?.iteration === last?.iteration
  const lines = [
    base && `${accuracyWords(base)} before training`,
    best && !isSame && `${accuracyWords(best)} at its best, ${afterWords(best)}`,
    last &&
      last.iteration > 0 &&
      `${accuracyWords(last)} ${isSame ? 'at its best and last' : 'at last'}, ${afterWords(last)}`,
  ].filter((line) => typeof line === 'string')
  return lines.map((line) => <div key={line}>{line}</div>)
}

function Facts({ run }: { readonly run: RunListItem }) {
  const took = durationOf(run, Date.now())
  const facts: readonly (readonly [string, React.ReactNode])[] = [
    ['Status', <RunStatusMark key="status" status={run.status} />],
    ...(run.error ? [['Why', run.error.message] as const] : []),
    ['Method', methodInWords(run)],
    ['Model, data', `${shortPath(run.model)}, ${shortPath(run.data)}`],
    ['Iterations', `${run.iteration} of ${run.iterations}${took === null ? '' : `, ${formatDuration(took / 1000)}`}`],
    ['Accuracy', run.last === null ? 'not evaluated' : <Accuracies key="accuracy" run={run} />],
    ['Id', <span key="id" className="mono">{run.id}</span>], // biome-ignore format: one line reads better
    ['Folder', <span key="folder" className="mono">{run.folder}</span>], // biome-ignore format: one line reads better
  ]
  return (
    <dl className="runs-facts">
      {facts.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
