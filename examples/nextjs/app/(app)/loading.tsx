import { Skeleton } from "@/components/ui";

export default function Loading() {
  return <Skeleton rows={4} label="Loading" />;
}
