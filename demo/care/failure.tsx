interface FailureProps {
  what: string;
  error: unknown;
}

export function Failure({ what, error }: FailureProps) {
  return (
    <p role="alert" className="problem">
      {what} {error instanceof Error ? error.message : String(error)}
    </p>
  );
}
