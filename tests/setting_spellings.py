"""Texts and numbers of settings as people write them: what is taken, and what is refused."""

from __future__ import annotations

DATABASE_CLASSES: tuple[list[object], list[object]] = (
    [
        *(
            "db.t3.medium",
            "db.t4g.micro",
            "db.r6g.2xlarge",
            "db.m8i.96xlarge",
            "db.x2iedn.xlarge",
        ),
        *("db.t2.small", "db.m6gd.large", "db.r4.16xlarge", "db.c6gd.medium"),
    ],
    [
        *("db.t2.micro", "db.m1.small", "db.m2.xlarge", "db.m3.medium", "db.m4.large"),
        *("db.r3.large", "db.t1.micro", "db.serverless", "db.m5.2large", "db.m5.0xlarge"),
        *("db.m5.02xlarge", "db.m5.huge", "DB.m5.large", "db.m5.Large", "t3.medium", "db.m5"),
        *("cache.t3.micro", "db.m5.large ", "db.m5.large\n", "db.m\u0665.large", ""),
    ],
)
# By setting, `[]` for an item of a list: what is taken, and what is refused.
SPELLINGS: dict[str, tuple[list[object], list[object]]] = {
    "companyCidrs[]": (
        ["203.0.113.0/24", "198.51.100.7/32", "0.0.0.0/8", "128.0.0.0/1", "10.0.0.0/8"],
        [
            *("0.0.0.0/0", "0.0.0.0/00", "0.0.0.0/0.0.0.0", "000.0.0.0/0"),
            *("203.0.113.0/255.255.255.0", "203.0.113.0/0.0.0.255", "203.0.113.0/024"),
            *("203.0.113.0", "203.0.113.7/24", "203.0.113.0/33", "203.0.113.0/-1", "203.0.113/24"),
            *("203.0.113.0/24 ", " 203.0.113.0/24", "203.0.113.0/24\n", "203.0.113.0/+24"),
            *(
                "203.0.113.00/24",
                "0xcb.0.113.0/24",
                "203.0.113.0/\u0662\u0664",
                "2001:db8::/32",
                "::/0",
            ),
            *("203.0.113.0//24", "203.0.113.0/24/24", "/24", "", "office", 24),
        ],
    ),
    "vpcCidr": (
        ["10.0.0.0/16", "10.255.0.0/16", "172.20.0.0/18", "192.168.224.0/19", "100.64.0.0/16"],
        [
            *("10.0.0.0/016", "10.0.0.0/255.255.0.0", "10.0.0.0/0.0.255.255", "10.00.0.0/16"),
            *("10.0.0.0/16 ", "10.0.0.0/16\n", "10.0.0.0", "10.0.0.1/16", "010.0.0.0/16"),
            *("10.0.0.0/15", "10.0.0.0/20", "8.8.0.0/16", "fd00::/16", "", 10.0, 16),
        ],
    ),
    "availabilityZones[]": (
        ["us-east-1a", "us-east-1f"],
        [
            *("us-east-2a", "us-west-1a", "eu-west-1a", "us-gov-east-1a", "us-east-11a"),
            *("us-east-1", "us-east-1A", "US-EAST-1a", "us-east-1-bos-1a", "use1-az1", "a", "", 1),
            *("us-east-1a ", "us-east-1a\n"),
        ],
    ),
    "interfaceEndpoints[]": (
        ["ssm", "ecr.api", "execute-api", "sagemaker.runtime", "s3express", "kms-fips"],
        [
            *("com.amazonaws.us-east-1.ssm", "ecr..api", "ecr.", ".ecr", "SSM", "ssm ", "ssm-", ""),
            *("s3", "dynamodb", "ecr/api", "ssm\n"),
        ],
    ),
    "api.corsOrigins[]": (
        [
            *("*", "https://app.acme.io", "http://app.acme.io", "http://localhost:3000"),
            *("https://app.acme.io:8443", "http://app.acme.io:443", "https://app.acme.io:80"),
            *("https://127.0.0.1:8443", "https://xn--mnchen-3ya.de", "https://a", "https://1a.io"),
            *("https://a-b.acme.io", "https://app.acme.io:65535", "https://app.acme.io:1"),
            f"https://{'a' * 63}.io",
        ],
        [
            *("https://App.Acme.io", "HTTPS://app.acme.io", "Https://app.acme.io"),
            *("https://app.acme.io:443", "http://app.acme.io:80", "https://app.acme.io:0443"),
            *("https://app.acme.io:99999", "https://app.acme.io:65536", "https://app.acme.io:0"),
            *("https://app.acme.io:08443", "https://app.acme.io:", "https://app.acme.io:x"),
            *(
                "https://app.acme.io:-1",
                "https://app.acme.io:\u0663",
                f"https://app.acme.io:{'9' * 5000}",
            ),
            *("https://app.acme.io/", "https://app.acme.io/x", "https://app.acme.io?x=1"),
            *("https://app.acme.io#x", "https://me@app.acme.io", "https://me:pw@app.acme.io"),
            *(
                "https://münchen.de",
                "https://xn--a.de",
                "https://xn--.de",
                "https://xn--MNCHEN-3ya.de",
            ),
            *("https://app..acme.io", "https://app.acme.io.", "https://.acme.io", "https://-a.io"),
            *("https://a-.io", "https://a_b.io", "https://*.acme.io", "https://app acme.io"),
            *("https://1.2.3", "https://256.1.1.1", "https://01.2.3.4", "https://0x7f.0.0.1"),
            *("https://app.1", "https://app.0x1", f"https://{'a' * 64}.io", "https://"),
            *(f"https://{'.'.join(['a' * 63] * 4)}.io", "app.acme.io", "//app.acme.io"),
            *("ftp://app.acme.io", "https:app.acme.io", "https:/app.acme.io", "null", "", "**"),
            *(" https://app.acme.io", "https://app.acme.io ", "https://app.acme.io\n"),
            *("https://[::1]:3000", "file://", 443),
        ],
    ),
    "database.engineVersion": (
        ["14", "17", "18", "17.1", "17.10", "16.0", 17],
        [
            *(17.1, 17.10, 16.0, 13, 19, 170, "13.4", "19", "017", "17.", ".17", "17.01", "17.00"),
            *("17.1.1", "17.100", "v17", "17 ", "17\n", "\u0661\u0667", "", "latest", True),
        ],
    ),
    "cache.engineVersion": (
        ["7.1", "7.0", "6.2"],
        [7.1, 7.0, 6.2, 7, 6, "7", "7.10", "07.1", "7.1.0", "7.x", "7.1 ", "", "8.0", True],
    ),
    "database.instanceClass": DATABASE_CLASSES,
    "database.replicaInstanceClass": DATABASE_CLASSES,
    "cache.nodeType": (
        [
            *("cache.t3.micro", "cache.t4g.small", "cache.t2.medium", "cache.m7g.large"),
            *("cache.r6gd.xlarge", "cache.r6gd.16xlarge", "cache.r7g.2xlarge", "cache.c7gn.large"),
            *("cache.m4.10xlarge", "cache.r4.large"),
        ],
        [
            *("cache.t1.micro", "cache.m1.small", "cache.m2.xlarge", "cache.m3.medium"),
            *("cache.c1.xlarge", "cache.r3.large", "cache.t3.large", "cache.t4g.2xlarge"),
            *("cache.m5.micro", "cache.r6g.medium", "cache.r6gd.large", "cache.r6gd.2large"),
            *("cache.m5.0xlarge", "cache.m5.02xlarge", "db.t3.micro", "cache.m5", "cache.M5.large"),
            *("cache.m5.large\n", ""),
        ],
    ),
    "cache.notificationTopicArn": (
        ["", "arn:aws:sns:us-east-1:123456789012:events"],
        [
            *("arn:aws:sns:us-east-2:123456789012:events", "arn:aws:sns:us-east-1:1234:events"),
            *("arn:aws:sqs:us-east-1:123456789012:events", "arn:aws:sns::123456789012:events"),
            *("arn:aws:sns:us-east-1:123456789012:", "arn:aws:sns:us-east-1:123456789012:a:b"),
            *("arn:aws:sns:us-east-1:123456789012:events.x", "arn:aws:sns:x", "events"),
            f"arn:aws:sns:us-east-1:123456789012:{'a' * 257}",
        ],
    ),
    "alarmEmails[]": (
        [
            *("oncall@acme.io", "on.call+alarms@mail.acme.co.uk", "OnCall@Acme.io", "o'n_c@a-b.io"),
            *("admin@example.com", "oncall@xn--mnchen-3ya.de", f"{'a' * 64}@acme.io"),
        ],
        [
            *("oncall", "oncall@", "@acme.io", "oncall@acme", "a@b@acme.io", "on call@acme.io"),
            *("oncall@acme..io", "oncall@.acme.io", "oncall@acme.io.", ".oncall@acme.io"),
            *("on..call@acme.io", "oncall.@acme.io", "oncall@-acme.io", "oncall@acme_x.io"),
            *("oncall@acme.1", "oncall@1.2.3.4", "oncall@[1.2.3.4]", "öncall@acme.io"),
            *(
                "oncall@münchen.de",
                '"on call"@acme.io',
                "On Call <oncall@acme.io>",
                "a@a.io,b@a.io",
            ),
            *("a@a.io;b@a.io", "oncall@acme.io ", "oncall@acme.io\n", f"{'a' * 65}@acme.io"),
            *(f"oncall@{'a' * 64}.io", f"o@{'.'.join(['a' * 60] * 5)}.io", "", 1, 1.5),
        ],
    ),
    "slackWebhookUrl": (
        ["", "https://hooks.slack.com/services/T/B/x", "http://127.0.0.1:8000/_local/slack"],
        [
            *("https://hooks.slack.com:99999/x", "https://hooks.slack.com:0/x", "https://:443/x"),
            *("http://hooks.slack.com/x", "https://hooks.slack.com/a b", "hooks.slack.com/x"),
            *(
                "https://hooks.slack.com/é",
                "https://hooks.slack.com/x\n",
                "https://hooks.slack.com:x/",
            ),
            *("https://hooks.slack.com/\x00", 1.5),
        ],
    ),
    "monitoring.runbookUrl": (
        ["docs/runbook.md", "https://wiki.acme.io/runbook"],
        ["", "https://wiki.acme.io/runbook#alarms", "a b", "a" * 201, "a\n", 1.5],
    ),
    # A number is taken as the text that `pulumi config set --path` makes of it, too.
    "api.cacheSize": (
        [0.5, "0.5", 1.6, "1.6", 118, "118", 118.0, "118.0"],
        [
            0.6,
            "0,5",
            ".5",
            "0.5 ",
            " 0.5",
            "5e-1",
            "+0.5",
            "1_18",
            "\u0660.\u0665",
            "nan",
            "",
            True,
        ],
    ),
    "monitoring.thresholds.apiErrorPercent": (
        [2.5, "2.5", 5, "5", 100, 0.001],
        ["2,5", "2.5 ", "1_0", "1e1", "inf", "nan", 0, 100.1, float("inf"), float("nan"), "", True],
    ),
    "api.quotaPerDay": (
        [0, 10, 2**31 - 1],
        [-1, 2**31, 10**400, 1.5, 10.0, "10", "", True],
    ),
}
