/** A dataset as a model sees it: lengths in tokens, and the first sequences. */
import { Box, Group, Select, SimpleGrid, Stack, Switch, Text, Title } from '@mantine/core'
import { Histogram } from '@renderer/charts/histogram'
import { PictureButton } from '@renderer/components/picture-button'
import { ErrorState, LoadingRows } from '@renderer/components/states'
import { queries } from '@renderer/lib/api'
import { formatCount, plural } from '@renderer/lib/format'
import type { DatasetItem, DatasetLengths, LengthBins } from '@shared/contract/datasets'
import { useQuery } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { BatchView } from './batch-view'

interface TokensTabProps {
  readonly item: DatasetItem
  readonly hasCompletions: boolean
}

export function TokensTab({ item, hasCompletions }: TokensTabProps) {
  const models = useQuery(queries.models.list.queryOptions({}))
  const usable = (models.data ?? []).filter(
    ({ problem, kind }) => problem === null && kind !== 'run' && kind !== 'adapter',
  )
  const [chosen, choose] = useState<string | null>(null)
  const [chatTemplate, setChatTemplate] = useState(false)
  const model = chosen ?? usable[0]?.path ?? null
  const input = { id: item.id, model: model ?? '', chatTemplate }
  const lengths = useQuery({ ...queries.datasets.lengths.queryOptions({ input }), enabled: model !== null })
  const batch = useQuery({ ...queries.datasets.batch.queryOptions({ input }), enabled: model !== null })
  const error = models.error ?? lengths.error ?? batch.error
  return (
    <Stack gap="md">
      <Box style={{ display: 'flex', gap: 24, alignItems: 'flex-end', flexWrap: 'wrap' }}>
        <Select
          label="Tokenizer of the model"
          w={320}
          data={usable.map(({ path, name }) => ({ value: path, label: name }))}
          value={model}
          allowDeselect={false}
          onChange={(path) => path && choose(path)}
        />
        {(batch.data?.hasChatTemplate || chatTemplate) && (
          <Switch
            label="Render prompts with its chat template"
            checked={chatTemplate}
            mb={6}
            onChange={(event) => setChatTemplate(event.currentTarget.checked)}
          />
        )}
      </Box>
      {error && <ErrorState error={error} />}
      {!error && (lengths.isPending || batch.isPending) && <LoadingRows rows={6} />}
      {lengths.data && !error && <Lengths lengths={lengths.data} />}
      {batch.data && !error && <BatchView batch={batch.data} hasCompletions={hasCompletions} kind={item.recordKind} />}
    </Stack>
  )
}

/** What happens to rows that are too long. */
function tooLongSentence({ tooLong, answerIs }: DatasetLengths): string {
  const found =
    answerIs === 'reference'
      ? `${plural(tooLong, 'prompt leaves', 'prompts leave')} no room for a completion`
      : `${plural(tooLong, 'row needs', 'rows need')} more`
  return `${found}: a run leaves ${tooLong === 1 ? 'it' : 'them'} out and reports it, or does not start; its plan decides.`
}

function Lengths({ lengths }: { readonly lengths: DatasetLengths }) {
  const { counted, total, prompt, answer, answerIs, context, tooLong } = lengths
  return (
    <section>
      <Title order={3}>Lengths</Title>
      <Text size="sm" className="quiet" mb="xs">
        {counted < total ? `The first ${formatCount(counted)} of ${plural(total, 'row')}` : plural(total, 'row')}. The
        model has room for {formatCount(context)} tokens, prompt and completion together.
        {tooLong > 0 && <b> {tooLongSentence(lengths)}</b>}
      </Text>
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
        <Bars title="Prompt" bins={prompt} context={context} />
        <Bars title={answerIs === 'completion' ? 'Completion' : 'Reference answer'} bins={answer} context={context} />
      </SimpleGrid>
    </section>
  )
}

function Bars({
  title,
  bins,
  context,
}: {
  readonly title: string
  readonly bins: LengthBins
  readonly context: number
}) {
  const holder = useRef<HTMLDivElement>(null)
  const { edges, counts, min, median, p95, max } = bins
  const summary = `${formatCount(min)} to ${formatCount(max)} tokens, median ${formatCount(median)}, 95 % have at most ${formatCount(p95)}`
  return (
    <Box ref={holder}>
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <Text size="sm">
          <b>{title}</b> <span className="quiet">{summary}</span>
        </Text>
        <PictureButton title={`Lengths of ${title.toLowerCase()}s in tokens`} holder={holder} />
      </Group>
      <Histogram
        edges={edges}
        counts={counts}
        label={`${title}: ${summary}`}
        xLabel="tokens"
        yLabel="rows"
        marks={[
          { at: median, label: 'median' },
          { at: context, label: 'context' },
        ]}
      />
    </Box>
  )
}
