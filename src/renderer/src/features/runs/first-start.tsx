import { Anchor, Button, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { Page } from '@renderer/components/page'
import { ErrorState } from '@renderer/components/states'
import { Tour } from '@renderer/components/tour'
import { api, queries } from '@renderer/lib/api'
import { formatBytes, formatCount } from '@renderer/lib/format'
import { demoPlan } from '@shared/demo-plan'
import { shortPath } from '@shared/plan/short-path'
import { IconDatabase, IconPackage, IconPlayerPlay } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useLocation } from 'wouter'

const plan = demoPlan(1)

/** Shown when there are no runs: the bundled model and data, and one button that trains with them. */
export function FirstStart() {
  const [, go] = useLocation()
  const [isTouring, tour] = useDisclosure(false)
  const start = useMutation({
    mutationFn: () => api.runs.start({ plan }),
    onSuccess: ({ id }) => go(`/runs/${id}`),
  })
  return (
    <Page title="Runs">
      {isTouring && <Tour onClose={tour.close} />}
      <Stack gap="lg" maw={780} mx="auto" mt="8vh">
        <div>
          <Title order={2}>Train a small model to answer better, here, in about two minutes</Title>
          <Text className="quiet" mt={4}>
            Everything the example needs is included; nothing is downloaded and nothing leaves this machine.
          </Text>
        </div>
        <SimpleGrid cols={2} spacing="md">
          <BundledModel />
          <BundledData />
        </SimpleGrid>
        <Text size="sm">
          The run samples answers. Where all answers to a problem are wrong, it looks for the state in one of them from
          which right and wrong answers are most alike in number, practises from there, and updates the model with PPO.
          The step that begins there is called critical: the outcome is still open. You can watch the accuracy on
          held-out problems and open every critical step.
        </Text>
        {start.error && <ErrorState error={start.error} title="The example could not be started" />}
        <Group gap="lg">
          <Button
            size="md"
            leftSection={<IconPlayerPlay size={17} />}
            loading={start.isPending}
            onClick={() => start.mutate()}
            autoFocus
          >
            Train the example (about two minutes)
          </Button>
          <Anchor href="#/new" size="sm">
            Set up your own run
          </Anchor>
          <Anchor component="button" size="sm" onClick={tour.open}>
            What happens, in three steps
          </Anchor>
        </Group>
      </Stack>
    </Page>
  )
}

interface BoxedProps {
  readonly icon: ReactNode
  readonly kind: string
  readonly name: string
  readonly children: ReactNode
}

const Boxed = ({ icon, kind, name, children }: BoxedProps) => (
  <Stack gap={6} p="lg" className="panel" style={{ background: 'var(--surface-raised)' }}>
    <Group gap={6}>
      {icon}
      <Text size="sm" className="quiet">
        {kind}
      </Text>
    </Group>
    <Title order={3}>{name}</Title>
    <Text size="sm" component="div">
      {children}
    </Text>
  </Stack>
)

function BundledModel() {
  const { data } = useQuery(queries.models.list.queryOptions({}))
  const model = data?.find(({ path }) => path === plan.model.path)
  const facts = [
    model?.architecture,
    model?.parameters && `${formatCount(model.parameters)} parameters`,
    model?.context && `${formatCount(model.context)} tokens of context`,
    model?.bytes && formatBytes(model.bytes),
  ].filter(Boolean)
  return (
    <Boxed
      icon={<IconPackage size={16} color="var(--quiet)" aria-hidden />}
      kind="Model"
      name={shortPath(plan.model.path)}
    >
      {facts.length > 0 ? facts.join(' · ') : 'Bundled, ready to train.'}
    </Boxed>
  )
}

function BundledData() {
  const { data } = useQuery(queries.datasets.list.queryOptions({}))
  const set = data?.find(({ path }) => path === plan.data.train.path)
  const facts = [
    set?.usable ? `${formatCount(set.usable)} problems to train on` : 'Problems to train on',
    `${formatCount(plan.evaluation?.limit ?? 0)} held-out ones for measuring`,
  ]
  return (
    <Boxed
      icon={<IconDatabase size={16} color="var(--quiet)" aria-hidden />}
      kind="Data"
      name={shortPath(plan.data.train.path)}
    >
      {facts.join(' · ')}. Answers are compared with the known ones.
    </Boxed>
  )
}
