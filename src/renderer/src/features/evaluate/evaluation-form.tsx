import { Button, Group, MultiSelect, NumberInput, Select, Stack, Switch, Text, Title } from '@mantine/core'
import { AddPath } from '@renderer/components/add-path'
import { ErrorState } from '@renderer/components/states'
import { VerifierForm } from '@renderer/components/verifier-form'
import { api, queries } from '@renderer/lib/api'
import { useCache } from '@renderer/lib/cache'
import { useChoosing } from '@renderer/lib/choose'
import { messageOf } from '@renderer/lib/errors'
import { formatCount, plural } from '@renderer/lib/format'
import { keyOf, modelOptions, sourceOptions } from '@renderer/lib/reference-options'
import { type EvaluationRequest, MAX_MODELS } from '@shared/contract/evaluations'
import type { PlaygroundModel, RowSourceChoice } from '@shared/contract/playground'
import type { ChosenPath } from '@shared/contract/system'
import { IconPlayerPlay } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { type Form, initialForm, requestOf, shownOf } from './form'

interface EvaluationFormProps {
  readonly models: readonly PlaygroundModel[]
  readonly sources: readonly RowSourceChoice[]
  /** The model named in the address. */
  readonly wanted: string | null
}

export function EvaluationForm({ models: listed, sources, wanted }: EvaluationFormProps) {
  const [added, setAdded] = useState<readonly PlaygroundModel[]>([])
  const models = [...listed, ...added]
  const [form, setForm] = useState(() => initialForm(listed, sources, wanted))
  const change = (next: Partial<Form>) => setForm((old) => ({ ...old, ...next }))
  const source = sources.find((one) => keyOf(one.source) === form.source)?.source
  const data = useQuery({
    ...queries.evaluations.data.queryOptions({ input: { source: source ?? { kind: 'bundled', name: '' } } }),
    enabled: source !== undefined,
    retry: false,
  })
  const { verifier, chatTemplate, maxNewTokens } = shownOf(form, data.data)
  const request = requestOf(form, data.data, models, sources)
  const canChat = models.some((one) => form.models.includes(keyOf(one.reference)) && one.hasChatTemplate)
  const choosing = useChoosing('model')
  const addModel = async (chosen: ChosenPath | null) => {
    if (!chosen) return
    const model = await api.playground.inspect({ grant: chosen.grant })
    if (model.problem !== null) throw new Error(model.problem)
    setAdded((old) => [...old, model])
    change({ models: [...form.models, keyOf(model.reference)] })
  }
  return (
    <section className="panel evaluate-form" aria-label="What to evaluate">
      <Stack gap="sm">
        <Title order={2}>What to evaluate</Title>
        <MultiSelect
          label="Models"
          description="Each answers the same rows, one model after another"
          placeholder={form.models.length === 0 ? 'Choose models' : ''}
          searchable
          hidePickedOptions
          maxValues={MAX_MODELS}
          nothingFoundMessage="No such model"
          data={modelOptions(models)}
          value={[...form.models]}
          onChange={(keys) => change({ models: keys })}
        />
        <div>
          <AddPath
            label="Another model from disk"
            variant="default"
            hasDialogs={choosing.hasDialogs}
            onChoose={async () => addModel(await choosing.choose())}
            onTyped={async (path) => addModel(await choosing.typed(path))}
            description="A folder in Hugging Face layout or a .gguf file"
            placeholder="/home/me/models/SmolLM2-135M"
          />
        </div>
        <Select
          label="Data"
          searchable
          allowDeselect={false}
          data={sourceOptions(sources)}
          value={form.source}
          onChange={(key) => change({ source: key, verifier: null, chatTemplate: null, maxNewTokens: null })}
        />
        {data.error ? (
          <ErrorState error={data.error} title="The data cannot be read" onRetry={() => void data.refetch()} />
        ) : (
          <NumberInput
            label="Rows"
            description={
              data.data
                ? `The first ones of ${formatCount(data.data.rows)}${data.data.badRows > 0 ? `; ${plural(data.data.badRows, 'row')} cannot be used` : ''}`
                : 'Reading the data…'
            }
            min={1}
            max={data.data?.rows ?? 1_000_000}
            step={100}
            allowDecimal={false}
            value={Math.min(form.limit, data.data?.rows ?? form.limit)}
            onChange={(limit) => typeof limit === 'number' && limit > 0 && change({ limit })}
          />
        )}
        {verifier && <VerifierForm value={verifier} onChange={(next) => change({ verifier: next })} />}
        <Group grow align="flex-start" gap="sm">
          <NumberInput
            label="Max new tokens"
            description="Longer answers are cut"
            min={1}
            max={32768}
            step={64}
            allowDecimal={false}
            value={maxNewTokens}
            onChange={(value) => typeof value === 'number' && value > 0 && change({ maxNewTokens: value })}
          />
          <NumberInput
            label="Samples per row"
            description="For pass@k; 0: greedy only"
            min={0}
            max={256}
            step={4}
            allowDecimal={false}
            clampBehavior="strict"
            value={form.samples}
            onChange={(samples) => typeof samples === 'number' && change({ samples })}
          />
        </Group>
        {form.samples > 0 && (
          <Group grow align="flex-start" gap="sm">
            <NumberInput
              label="Temperature"
              description="Of the samples"
              min={0.01}
              max={10}
              step={0.1}
              value={form.temperature}
              onChange={(temperature) => typeof temperature === 'number' && temperature > 0 && change({ temperature })}
            />
            <NumberInput
              label="Seed"
              description="Same seed, same samples"
              min={0}
              max={0xffffffff}
              allowDecimal={false}
              value={form.seed}
              onChange={(seed) => typeof seed === 'number' && change({ seed })}
            />
          </Group>
        )}
        <Switch
          label="Chat template"
          description={
            canChat ? 'Asks as a user’s message, the form the model was trained on' : 'No chosen model has one'
          }
          disabled={!canChat}
          checked={chatTemplate && canChat}
          onChange={({ currentTarget }) => change({ chatTemplate: currentTarget.checked })}
        />
        <StartButton request={request} count={form.models.length} />
      </Stack>
    </section>
  )
}

function StartButton({ request, count }: { readonly request: EvaluationRequest | null; readonly count: number }) {
  const { evaluationsChanged } = useCache()
  const { mutate, isPending, error } = useMutation({
    mutationFn: (asked: EvaluationRequest) => api.evaluations.start(asked),
    onSuccess: () => evaluationsChanged(),
  })
  return (
    <div className="evaluate-start">
      <Button
        fullWidth
        leftSection={<IconPlayerPlay size={16} />}
        disabled={!request}
        loading={isPending}
        onClick={() => request && mutate(request)}
      >
        {count > 1 ? `Evaluate ${count} models` : 'Evaluate'}
      </Button>
      {error && (
        <Text size="sm" c="var(--hurt)" mt={6} role="alert" className="evaluate-wrap">
          {messageOf(error)}
        </Text>
      )}
    </div>
  )
}
