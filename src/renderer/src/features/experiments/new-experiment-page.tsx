import { SegmentedControl, Stack, Text, Title } from '@mantine/core'
import { GUIDANCE_QUESTION } from '@renderer/actions/ask-guidance'
import { Page } from '@renderer/components/page'
import { queries } from '@renderer/lib/api'
import { canBeGuided } from '@shared/method/guided'
import type { Study } from '@shared/schemas/study'
import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { useSearch } from 'wouter'
import { DesignPanel } from './design-panel'
import { EditFields } from './edit-fields'
import { type Edits, edited } from './edits'
import './experiments.css'
import { FromFile } from './from-file'
import { FromRun } from './from-run'
import { PlannedArms } from './planned-arms'
import { StartCard } from './start-card'

type Origin = 'guidance' | 'sweep' | 'file'

const ORIGINS: readonly { readonly value: Origin; readonly label: string }[] = [
  { value: 'guidance', label: GUIDANCE_QUESTION },
  { value: 'sweep', label: 'Which value is best?' },
  { value: 'file', label: 'From a file' },
]

const WORDS: Readonly<Record<Origin, string>> = {
  guidance: 'Two arms: the plan of a run with guidance (rollouts begin at critical steps) and without it.',
  sweep: 'One arm for each value of a setting; everything else is as in the plan of a run.',
  file: 'An experiment that was written by hand, saved from this page, or bundled on another machine.',
}

/** Sets up a study: where it comes from, what it compares, and what is fixed before the start. */
export function NewExperimentPage() {
  const from = new URLSearchParams(useSearch()).get('from')
  const [origin, setOrigin] = useState<Origin>('guidance')
  const [run, setRun] = useState<string | null>(from)
  const [made, setMade] = useState<Study | null>(null)
  const [notes, setNotes] = useState<readonly string[]>([])
  const [edits, setEdits] = useState<Edits>({})
  const runs = useQuery(queries.runs.list.queryOptions({}))
  const usable = runs.data?.filter(({ objective }) => objective !== null && canBeGuided(objective)) ?? []
  const chosen = run ?? usable[0]?.id ?? null
  const take = (document: Study | null, remarks: readonly string[] = []) => {
    setMade(document)
    setNotes(remarks)
    setEdits({})
  }
  const document = useMemo(() => made && edited(made, edits), [made, edits])
  return (
    <Page title="New experiment">
      <div className="experiments-layout">
        <div className="experiments-column">
          <section className="panel experiments-panel" aria-labelledby="origin">
            <Title order={2} id="origin" mb={6}>
              What do you want to find out?
            </Title>
            <Stack gap="sm">
              <SegmentedControl
                data={[...ORIGINS]}
                value={origin}
                onChange={(value) => {
                  setOrigin(value as Origin)
                  take(null)
                }}
                aria-label="What the experiment compares"
                style={{ alignSelf: 'flex-start', maxWidth: '100%', overflowX: 'auto' }}
              />
              <Text size="sm" className="quiet">
                {WORDS[origin]}
              </Text>
              {origin === 'file' ? (
                <FromFile onOpened={take} />
              ) : (
                <FromRun
                  key={origin}
                  isSweep={origin === 'sweep'}
                  runs={usable}
                  isPending={runs.isPending}
                  run={chosen}
                  onRun={setRun}
                  onMade={take}
                />
              )}
              {notes.map((note) => (
                <Text key={note} size="sm" role="status" className="experiments-wrap">
                  {note}
                </Text>
              ))}
            </Stack>
          </section>
          {document && (
            <>
              <EditFields document={document} onChange={(change) => setEdits({ ...edits, ...change })} />
              <PlannedArms document={document} />
            </>
          )}
        </div>
        <Stack gap="md">
          {document && (
            <>
              <StartCard document={document} />
              <DesignPanel document={document} />
            </>
          )}
        </Stack>
      </div>
    </Page>
  )
}
