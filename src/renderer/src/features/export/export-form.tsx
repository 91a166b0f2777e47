import { Select, Stack, Text, Title } from '@mantine/core'
import { queries } from '@renderer/lib/api'
import { messageOf } from '@renderer/lib/errors'
import type { ExportOptions } from '@shared/contract/exports'
import type { ProgramInfo } from '@shared/contract/system'
import type { RunListItem } from '@shared/schemas/run'
import { useMutation, useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { type ChosenDestination, DestinationChoice } from './destination'
import classes from './export.module.css'
import { FormatChoice } from './format-choice'
import { FormatOptions } from './format-options'
import { type Choices, FORMATS, INITIAL, requestOf, suggestedName } from './formats'
import { SummaryCard } from './summary-card'

interface ExportFormProps {
  readonly runs: readonly RunListItem[]
  readonly run: RunListItem
  readonly options: ExportOptions
  readonly info: ProgramInfo
  readonly isBusy: boolean
  readonly onRun: (id: string) => void
}

function Section({
  title,
  id,
  children,
}: {
  readonly title: string
  readonly id?: string
  readonly children: ReactNode
}) {
  return (
    <Stack component="section" gap="sm" aria-labelledby={id}>
      <Title order={2} id={id}>
        {title}
      </Title>
      {children}
    </Stack>
  )
}

/** The form: run, format, choices and destination, with a summary beside it. */
export function ExportForm({ runs, run, options, info, isBusy, onRun }: ExportFormProps) {
  const [wanted, setWanted] = useState<Choices>(INITIAL)
  const [destination, setDestination] = useState<ChosenDestination | null>(null)
  const refusedWanted = options.refused[wanted.format] !== undefined
  const firstUsable = FORMATS.find(({ format }) => options.refused[format] === undefined)?.format ?? 'bundle'
  const choices = refusedWanted ? { ...wanted, format: firstUsable } : wanted
  const request = requestOf(choices, options.checkpoints)
  const preview = useQuery({
    ...queries.exports.preview.queryOptions({ input: { run: run.id, request: request ?? { format: 'bundle' } } }),
    enabled: request !== null,
    staleTime: run.status === 'running' ? 0 : Number.POSITIVE_INFINITY,
  })
  const start = useMutation(queries.exports.start.mutationOptions())
  const onStart = () => {
    if (!request || !destination) return
    start.mutate({ run: run.id, request, grant: destination.grant, replaces: destination.replaces })
  }
  return (
    <div className={classes.columns}>
      <Stack gap="xl">
        <Section title="Run" id="export-run">
          <Select
            aria-labelledby="export-run"
            searchable
            allowDeselect={false}
            value={run.id}
            onChange={(id) => id && onRun(id)}
            data={runs.map(({ id, name, status, isReadOnly }) => ({
              value: id,
              label: `${name} · ${isReadOnly ? 'imported' : status} · ${id}`,
            }))}
          />
        </Section>
        <Section title="Format" id="export-format">
          <FormatChoice
            value={choices.format}
            options={options}
            onChange={(format) => setWanted({ ...choices, format })}
          />
        </Section>
        <Section title="Choices" id="export-choices">
          <FormatOptions
            choices={choices}
            options={options}
            onChange={(change) => setWanted({ ...choices, ...change })}
          />
          {preview.data?.sample && (
            <Stack gap={4}>
              <Text size="xs" className="quiet">
                The first record
              </Text>
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it */}
              <pre className={`${classes.code} mono`} style={{ maxHeight: 180, whiteSpace: 'pre-wrap' }} tabIndex={0}>
                {preview.data.sample}
              </pre>
            </Stack>
          )}
        </Section>
        <Section title="Destination" id="export-destination">
          {request ? (
            <DestinationChoice
              format={choices.format}
              suggested={suggestedName(run.name, request)}
              info={info}
              onChange={setDestination}
            />
          ) : (
            <Text size="sm" className="quiet">
              Choose a format first.
            </Text>
          )}
        </Section>
      </Stack>
      <SummaryCard
        request={request}
        preview={preview.data}
        previewProblem={preview.error ? messageOf(preview.error) : start.error ? messageOf(start.error) : null}
        destination={destination}
        isBusy={isBusy}
        isStarting={start.isPending}
        onStart={onStart}
      />
    </div>
  )
}
