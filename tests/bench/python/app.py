"""What our functions are compared with: a handler with one client, made before the first event."""

import boto3

route53 = boto3.client("route53")


def handler(event, context):
    """Says how many hosted zones there are."""
    return len(route53.list_hosted_zones()["HostedZones"])
