"""Tests the template that SAM makes of template.yaml for CloudFormation, with the parameters that infra/scripts/deploy passes:
the snapshots, the aliases and what invokes them, the versions that a deployment publishes, the canary and the alarms. Run it
after `mvn package`, with the SAM CLI's own Python, which includes the transform:

    "$(head -1 "$(command -v sam)" | cut -c3-)" infra/checks/transformed_template_test.py [FILE]

With FILE, it also writes the transformed template there, for cfn-lint and checkov.
"""

import json
import math
import os
import re
import subprocess
import sys
import tempfile
import unittest
from multiprocessing.pool import ThreadPool
from pathlib import Path

os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")

from samcli.yamlhelper import yaml_parse  # noqa: E402
from samtranslator.translator.transform import transform  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]


class NoManagedPolicies:
    def load(self):
        return {}


def class_path():
    with tempfile.NamedTemporaryFile() as libraries:
        subprocess.run(["mvn", "-q", "-pl", "infra/template", "dependency:build-classpath",
                        "-Dmdep.outputFile=" + libraries.name], cwd=ROOT, check=True)
        return "infra/template/target/classes" + os.pathsep + Path(libraries.name).read_text()


CLASS_PATH = class_path()


def parameters(*arguments):
    """What infra/scripts/deploy passes for the environment dev."""
    printed = subprocess.run(["java", "-cp", CLASS_PATH, "ispcrm.template.Deployment", "dev", *arguments],
                             cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    return dict(re.findall(r'^(\w+)="(.*)"$', printed, re.MULTILINE))


def transformed(**values):
    template = yaml_parse((ROOT / "template.yaml").read_text())
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = "s3://bucket/" + resource["Properties"]["CodeUri"]
    return transform(template, values, NoManagedPolicies())


TEMPLATE = transformed(Release="0123456789")
RESOURCES = TEMPLATE["Resources"]

DOMAIN = ("DomainName=crm.example.net", "CertificateArn=arn:aws:acm:us-east-1:123456789012:certificate/a")
EMAIL = "AlarmEmail=noc@example.net"
TABLE = "arn:aws:dynamodb:us-east-1:123456789012:table/"
HISTORY = ("HistoryTableArn=" + TABLE + "history", "HistoryStreamLabel=2026-01-02T03:04:05.678")
# For each parameter, two deployments that differ in it and in what its rule requires.
CHANGES_FUNCTIONS = {
    "Architecture": ((), ("Architecture=x86_64",)),
    "BaseUrl": ((), ("BaseUrl=https://crm.example.net/isp",)),
    "CorsOrigins": ((), ("CorsOrigins=https://portal.example.net,https://staff.example.net",)),
    "DomainName": ((), DOMAIN),
    "DynamoDbEndpoint": ((), ("DynamoDbEndpoint=http://127.0.0.1:8000",)),
    "ExpireUsers": ((), ("ExpireUsers=false",)),
    "HistoryDays": ((), ("HistoryDays=365",)),
    "HistoryTableArn": ((), HISTORY),
    "LoopbackWebhooks": ((), ("LoopbackWebhooks=true",)),
    "MemorySize": ((), ("MemorySize=2048",)),
    "PasswordsTableArn": ((), ("PasswordsTableArn=" + TABLE + "passwords-kept",)),
    "ProfilesTableArn": ((), ("ProfilesTableArn=" + TABLE + "profiles-restored",)),
    "TokenDays": ((), ("TokenDays=30",)),
    "TokenDaysMax": ((), ("TokenDaysMax=180",)),
    "TokensTableArn": ((), ("TokensTableArn=" + TABLE + "tokens-restored",)),
    "TrustedProxies": ((), ("TrustedProxies=198.51.100.0/24,203.0.113.7/32",)),
    "UsersTableArn": ((), ("UsersTableArn=" + TABLE + "users-restored",)),
    "WebhooksTableArn": ((), ("WebhooksTableArn=" + TABLE + "webhooks-restored",)),
}
CHANGES_NO_FUNCTION = {
    "AddressRequestsPer5Minutes": ((), ("AddressRequestsPer5Minutes=1000",)),
    "AlarmAnonymousRequests": ((), ("AlarmAnonymousRequests=5000",)),
    "AlarmEmail": ((), (EMAIL,)),
    "AlarmLatencyMilliseconds": ((), ("AlarmLatencyMilliseconds=500",)),
    "AlarmMegabytes": ((), ("AlarmMegabytes=500",)),
    "AlarmTopicArn": ((), ("AlarmTopicArn=arn:aws:sns:us-east-1:123456789012:pager",)),
    "Alarms": ((), ("Alarms=true", EMAIL)),
    "AuthorizerConcurrency": ((), ("AuthorizerConcurrency=10",)),
    "Canary": (("Alarms=true", EMAIL), ("Alarms=true", EMAIL, "Canary=true")),
    "CertificateArn": (DOMAIN, DOMAIN + (DOMAIN[1] + "b",)),
    "DeletionProtection": ((), ("DeletionProtection=true",)),
    "FunctionConcurrency": ((), ("FunctionConcurrency=10",)),
    "GatewayLogRole": ((), ("GatewayLogRole=create",)),
    "HistoryStreamLabel": (HISTORY, HISTORY + (HISTORY[1] + "9",)),
    "HostedZoneId": (DOMAIN, DOMAIN + ("HostedZoneId=Z1",)),
    "LogRetentionDays": ((), ("LogRetentionDays=365",)),
    "PasswordKeyArn": ((), ("PasswordKeyArn=arn:aws:kms:us-east-1:123456789012:key/1",)),
    "PublicRequestsPerSecond": ((), ("PublicRequestsPerSecond=10",)),
    "OnlyTrustedProxies": (("TrustedProxies=198.51.100.0/24",),
                           ("TrustedProxies=198.51.100.0/24", "OnlyTrustedProxies=true")),
    "RadiusRequestsBurst": ((), ("RadiusRequestsBurst=100",)),
    "RadiusRequestsPerSecond": ((), ("RadiusRequestsPerSecond=100",)),
    "RouteRequestsBurst": ((), ("RouteRequestsBurst=10",)),
    "RouteRequestsPerSecond": ((), ("RouteRequestsPerSecond=10",)),
    "StageName": ((), ("StageName=live",)),
    "TokenRequestsPerSecond": ((), ("TokenRequestsPerSecond=10",)),
}


def of_type(kind, resources=RESOURCES):
    return {name: resource for name, resource in resources.items() if resource["Type"] == kind}


FUNCTIONS = of_type("AWS::Lambda::Function")
EVERY_MINUTE = ("DeliverEventsFunction", "ExpireUsersFunction")
NO_ROUTE = EVERY_MINUTE + ("AuthorizerFunction", "BootstrapAdminFunction", "SendDeliveriesFunction")
NO_SNAPSHOT = ("BootstrapAdminFunction", "ExpireUsersFunction")
FAILURES = {"DeliverEventsFunction": "DeliveryFailuresAlarm", "ExpireUsersFunction": "ExpiryFailuresAlarm",
            "SendDeliveriesFunction": "DeliveryFailuresAlarm"}


class TransformedTemplate(unittest.TestCase):
    def test_functions_that_clients_wait_for_are_snapshotted_and_all_are_called_at_their_alias(self):
        self.assertEqual(len(list((ROOT / "functions").glob("*/pom.xml"))), len(FUNCTIONS))
        for name, function in FUNCTIONS.items():
            self.assertEqual({"ApplyOn": "None" if name in NO_SNAPSHOT else "PublishedVersions"},
                             function["Properties"]["SnapStart"], name)
            self.assertEqual("java25", function["Properties"]["Runtime"], name)
            self.assertEqual({"Mode": "Active"}, function["Properties"]["TracingConfig"], name)
            alias = RESOURCES[name + "Aliaslive"]["Properties"]
            self.assertEqual("live", alias["Name"])
            version = alias["FunctionVersion"]["Fn::GetAtt"][0]
            self.assertEqual({"Ref": name}, RESOURCES[version]["Properties"]["FunctionName"])

    def test_a_deployment_publishes_new_versions_if_and_only_if_something_changes_for_a_function(self):
        pairs = CHANGES_FUNCTIONS | CHANGES_NO_FUNCTION
        self.assertEqual(set(TEMPLATE["Parameters"]) - {"Release"}, set(pairs))
        deployments = sorted({deployment for pair in pairs.values() for deployment in pair})
        with ThreadPool(2) as pool:
            values = dict(zip(deployments, pool.starmap(parameters, deployments)))
        versions = {deployment: set(of_type("AWS::Lambda::Version", transformed(**values[deployment])["Resources"]))
                    for deployment in deployments}
        for name, (before, after) in pairs.items():
            with self.subTest(name):
                self.assertNotEqual(values[before][name], values[after][name])
                self.assertEqual(len(FUNCTIONS), len(versions[after]))
                common = set() if name in CHANGES_FUNCTIONS else versions[after]
                self.assertEqual(common, versions[before] & versions[after])

    def test_the_errors_of_the_gateway_name_the_origin_if_there_is_one(self):
        for response in RESOURCES["Api"]["Properties"]["Body"]["x-amazon-apigateway-gateway-responses"].values():
            origin = response["responseParameters"]["gatewayresponse.header.Access-Control-Allow-Origin"]
            self.assertEqual("HasOneCorsOrigin", origin["Fn::If"][0])
            self.assertEqual({"Ref": "AWS::NoValue"}, origin["Fn::If"][2])

    def test_a_new_release_deploys_the_gateway_too(self):
        def deployments(release):
            return set(of_type("AWS::ApiGateway::Deployment", transformed(Release=release)["Resources"]))

        self.assertEqual(set(), deployments("0123456789") & deployments("0123456780"))
        self.assertEqual(deployments("0123456789"), deployments("0123456789"))

    def test_a_closed_address_deploys_the_gateway_with_a_policy_that_denies_others(self):
        def deployments(only):
            resources = transformed(Release="0123456789", OnlyTrustedProxies=only)["Resources"]
            return set(of_type("AWS::ApiGateway::Deployment", resources))

        self.assertEqual(set(), deployments("true") & deployments("false"))
        resources = transformed(TrustedProxies="198.51.100.0/24,203.0.113.7/32")["Resources"]
        policy = resources["Api"]["Properties"]["Body"]["x-amazon-apigateway-policy"]
        allow, deny = policy["Statement"]
        self.assertEqual(["Allow", "Deny"], [allow["Effect"], deny["Effect"]])
        self.assertNotIn("Condition", allow)
        self.assertEqual({"NotIpAddress": {"aws:SourceIp": {"Fn::If": [
            "HasOnlyTrustedProxies", {"Fn::Split": [",", "198.51.100.0/24,203.0.113.7/32"]},
            ["0.0.0.0/0", "::/0"]]}}}, deny["Condition"])

    def test_an_event_keeps_every_snapshot_active_and_none_invokes_bootstrap_admin(self):
        rules = of_type("AWS::Events::Rule").values()
        invoked = {name + "Aliaslive" for name in FUNCTIONS if name != "BootstrapAdminFunction"}
        self.assertEqual(invoked,
                         {rule["Properties"]["Targets"][0]["Arn"]["Ref"] for rule in rules})
        for rule in rules:
            # Lambda deactivates a snapshot that is not invoked for 14 days.
            target = rule["Properties"]["Targets"][0]
            if target["Arn"]["Ref"].removesuffix("Aliaslive") in EVERY_MINUTE:
                self.assertEqual("rate(1 minute)", rule["Properties"]["ScheduleExpression"])
                self.assertNotIn("Input", target)
            else:
                self.assertEqual("rate(7 days)", rule["Properties"]["ScheduleExpression"])
                self.assertEqual('{"keepActive":true}', target["Input"])
        allowed = {permission["Properties"]["FunctionName"]["Ref"]
                   for permission in of_type("AWS::Lambda::Permission").values()
                   if permission["Properties"]["Principal"] == "events.amazonaws.com"}
        self.assertEqual(invoked, allowed)

    def test_a_server_error_of_the_gateway_falls_back_to_the_contracts_500(self):
        responses = RESOURCES["Api"]["Properties"]["Body"]["x-amazon-apigateway-gateway-responses"]
        for type in ("API_CONFIGURATION_ERROR", "AUTHORIZER_CONFIGURATION_ERROR", "INTEGRATION_FAILURE"):
            self.assertNotIn(type, responses)
        # API Gateway gives its status code to every 5xx type without an entry.
        self.assertEqual("500", str(responses["DEFAULT_5XX"]["statusCode"]))
        self.assertEqual("503", str(responses["AUTHORIZER_FAILURE"]["statusCode"]))
        self.assertEqual("504", str(responses["INTEGRATION_TIMEOUT"]["statusCode"]))

    def test_every_route_calls_the_alias_and_may(self):
        calls = set()
        for path, methods in RESOURCES["Api"]["Properties"]["Body"]["paths"].items():
            for method, operation in methods.items():
                uri = operation["x-amazon-apigateway-integration"]["uri"]["Fn::Sub"]
                function = re.search(r"functions/\$\{(\w+)Aliaslive\}/invocations$", uri).group(1)
                calls.add(function)
        self.assertEqual({name for name in FUNCTIONS if name not in NO_ROUTE}, calls)
        allowed = {json.dumps(permission["Properties"]["FunctionName"]) for permission in
                   of_type("AWS::Lambda::Permission").values()}
        for function in calls:
            self.assertIn(json.dumps({"Ref": function + "Aliaslive"}), allowed)

    def test_the_authorizer_is_asked_at_its_alias_and_api_gateway_may_ask(self):
        body = RESOURCES["Api"]["Properties"]["Body"]
        authorizer = body["components"]["securitySchemes"]["TokenAuthorizer"]["x-amazon-apigateway-authorizer"]
        self.assertEqual(0, authorizer["authorizerResultTtlInSeconds"])
        self.assertNotIn("identitySource", authorizer)
        self.assertEqual(
            {"__FunctionArn__": {"Fn::Sub": "${AuthorizerFunction.Arn}:live"}}, authorizer["authorizerUri"]["Fn::Sub"][1])
        permission = RESOURCES["AuthorizerPermission"]
        self.assertEqual("AuthorizerFunctionAliaslive", permission["DependsOn"])
        self.assertEqual({"Fn::Sub": "${AuthorizerFunction.Arn}:live"}, permission["Properties"]["FunctionName"])
        self.assertEqual("apigateway.amazonaws.com", permission["Properties"]["Principal"])
        self.assertTrue(permission["Properties"]["SourceArn"]["Fn::Sub"].endswith("${Api}/authorizers/*"))

    def test_every_route_asks_the_authorizer_but_those_that_need_no_token(self):
        open_routes = {
            (method, path)
            for path, methods in RESOURCES["Api"]["Properties"]["Body"]["paths"].items()
            for method, operation in methods.items()
            if operation["security"] != [{"TokenAuthorizer": []}]
        }
        any_method = "x-amazon-apigateway-any-method"
        public = {(method, path) for path in ("/Admin/getToken", "/docs", "/api/v1/openapi.json", "/api/v1/health")
                  for method in ("get", "head")}
        self.assertEqual(public | {(any_method, "/"), (any_method, "/{proxy+}")}, open_routes)

    def test_a_new_version_is_a_canary_that_an_alarm_rolls_back(self):
        groups = of_type("AWS::CodeDeploy::DeploymentGroup")
        self.assertEqual({name + "DeploymentGroup" for name in FUNCTIONS}, set(groups))
        for name, group in groups.items():
            properties = group["Properties"]
            function = name.removesuffix("DeploymentGroup")
            kind = "Linear10PercentEvery2Minutes" if function in EVERY_MINUTE else "Canary10Percent10Minutes"
            self.assertEqual(kind, properties["DeploymentConfigName"]["Fn::Sub"][1]["ConfigName"])
            self.assertIn("DEPLOYMENT_STOP_ON_ALARM", properties["AutoRollbackConfiguration"]["Events"])
            alarms = [alarm["Name"]["Ref"] for alarm in properties["AlarmConfiguration"]["Fn::If"][1]["Alarms"]]
            self.assertEqual(["ApiFaultsAlarm", *filter(None, [FAILURES.get(function)])], alarms)
            update = RESOURCES[function + "Aliaslive"]["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]
            self.assertEqual({"Ref": name}, update["DeploymentGroupName"])

    def test_a_version_of_expire_users_that_fails_is_invoked_while_the_alarm_can_still_stop_it(self):
        properties = RESOURCES["ExpireUsersFunctionDeploymentGroup"]["Properties"]
        kind = properties["DeploymentConfigName"]["Fn::Sub"][1]["ConfigName"]
        percent, minutes = map(int, re.fullmatch(r"Linear(\d+)PercentEvery(\d+)Minutes?", kind).groups())
        # The weights of the new version in the minutes of the deployment, in each of which the schedule invokes the alias once.
        weights = [step for step in range(percent, 100, percent) for _ in range(minutes)]
        # The failed run, Lambda's metrics, the alarm's evaluation and CodeDeploy's take up to a minute each, a run that times
        # out a little longer.
        in_time = weights[:-5]
        never = math.prod(1 - weight / 100 for weight in in_time)
        self.assertLess(never, 0.002)

        alarm = RESOURCES["ExpiryFailuresAlarm"]["Properties"]
        # This dimension alone is the sum over all versions.
        self.assertEqual(("AWS/Lambda", "Errors", [{"Name": "FunctionName", "Value": {"Ref": "ExpireUsersFunction"}}]),
                         (alarm["Namespace"], alarm["MetricName"], alarm["Dimensions"]))
        self.assertEqual(("Sum", "GreaterThanOrEqualToThreshold", 1, 1),
                         tuple(alarm[name] for name in ("Statistic", "ComparisonOperator", "Threshold", "EvaluationPeriods")))

    def test_a_deployment_without_a_canary_waits_for_no_alarm_and_keeps_all_of_them(self):
        resources = transformed(Canary="false")["Resources"]
        self.assertEqual({}, of_type("AWS::CodeDeploy::DeploymentGroup", resources))
        for name in FUNCTIONS:
            self.assertNotIn("UpdatePolicy", resources[name + "Aliaslive"])
        self.assertEqual(of_type("AWS::CloudWatch::Alarm"), of_type("AWS::CloudWatch::Alarm", resources))
        self.assertEqual(RESOURCES["AlarmTopic"], resources["AlarmTopic"])

    def test_alarms_go_off_for_a_share_of_the_requests_from_a_number_of_them_on(self):
        def goes_off(name, day=1, hour=12, **metrics):
            alarm = RESOURCES[name]["Properties"]
            expression = next(metric["Expression"] for metric in alarm["Metrics"] if "Expression" in metric)
            self.assertEqual(set(metrics), {metric["Id"] for metric in alarm["Metrics"] if "MetricStat" in metric})
            functions = {"IF": lambda condition, yes, no: yes if condition else no,
                         "DAY": lambda metric: day, "HOUR": lambda metric: hour,
                         "FILL": lambda metric, value: value if metric is None else metric}
            level = eval(expression.replace(" AND ", " and "), functions, metrics)
            threshold = alarm["Threshold"]
            if isinstance(threshold, dict):
                threshold = TEMPLATE["Parameters"][threshold["Ref"]]["Default"]
            over = alarm["ComparisonOperator"] == "GreaterThanThreshold"
            return level > threshold if over else level >= threshold

        self.assertFalse(goes_off("ApiFaultsAlarm", faults=2, share=2 / 2))
        self.assertTrue(goes_off("ApiFaultsAlarm", faults=3, share=3 / 10))
        self.assertTrue(goes_off("ApiFaultsAlarm", faults=300, share=300 / 30_000))
        self.assertFalse(goes_off("ApiFaultsAlarm", faults=299, share=299 / 30_000))
        self.assertFalse(goes_off("RadiusRefusedAlarm", refused=2, requests=2))
        self.assertTrue(goes_off("RadiusRefusedAlarm", refused=3, requests=6))
        self.assertFalse(goes_off("RadiusRefusedAlarm", refused=3, requests=7))
        self.assertFalse(goes_off("RadiusTokenAlarm", uses=0))
        self.assertTrue(goes_off("RadiusTokenAlarm", uses=1, day=5, hour=15))
        for day, hour in ((6, 12), (7, 12), (1, 7), (1, 16)):
            self.assertFalse(goes_off("RadiusTokenAlarm", uses=1, day=day, hour=hour))
        self.assertFalse(goes_off("ClientErrorsAlarm", errors=99, share=1))
        self.assertTrue(goes_off("ClientErrorsAlarm", errors=100, share=0.5))
        self.assertFalse(goes_off("ClientErrorsAlarm", errors=1000, share=0.49))
        self.assertFalse(goes_off("ThrottledRequestsAlarm", throttled=9, requests=9))
        self.assertTrue(goes_off("ThrottledRequestsAlarm", throttled=10, requests=200))
        self.assertFalse(goes_off("ThrottledRequestsAlarm", throttled=10, requests=201))
        self.assertFalse(goes_off("ApiLatencyAlarm", requests=19, latency=9000))
        self.assertFalse(goes_off("ApiLatencyAlarm", requests=20, latency=3000))
        self.assertTrue(goes_off("ApiLatencyAlarm", requests=20, latency=3001))
        self.assertFalse(goes_off("BytesSentAlarm", bytes=100_000_000))
        self.assertTrue(goes_off("BytesSentAlarm", bytes=100_000_001))
        self.assertFalse(goes_off("DeliveryFailuresAlarm", finding=None, sending=None))
        self.assertTrue(goes_off("DeliveryFailuresAlarm", finding=1, sending=None))
        self.assertTrue(goes_off("DeliveryFailuresAlarm", finding=None, sending=1))
        self.assertEqual(1, RESOURCES["BootstrapAdminAlarm"]["Properties"]["Threshold"])

    def test_every_alarm_but_those_for_deployments_notifies_and_names_no_function_and_all_say_what_to_do(self):
        alarms = of_type("AWS::CloudWatch::Alarm")
        for name, alarm in alarms.items():
            properties = alarm["Properties"]
            # Only a run that is missing is a fault. Without requests, the others have no metrics.
            is_due = name in ("ExpiryAlarm", "UndeliveredEventsAlarm")
            self.assertEqual("breaching" if is_due else "notBreaching", properties["TreatMissingData"], name)
            # The next run repairs what one has not done, so it only stops deployments.
            self.assertEqual([] if name in FAILURES.values() else ["AlarmTopic", "AlarmTopicArn"],
                             [action["Fn::If"][1]["Ref"] for action in properties.get("AlarmActions", [])], name)
            self.assertIn("infra/docs/runbook.md", properties["AlarmDescription"], name)
            # CloudWatch accepts ten metrics in an alarm.
            self.assertLessEqual(len(properties.get("Metrics", [])), 3, name)
        for name in FUNCTIONS:
            others = {alarm: resource for alarm, resource in alarms.items() if alarm not in FAILURES.values()}
            self.assertNotIn(name, json.dumps([others, RESOURCES["Dashboard"]]))

    def test_a_filter_counts_what_the_logs_contain(self):
        for name, handler in [("BootstrapAdminUses", "bootstrap-admin/src/main/java/ispcrm/bootstrapadmin/BootstrapAdminHandler.java"),
                              ("UndeliveredSeconds", "deliver-events/src/main/java/ispcrm/deliverevents/DeliverEventsHandler.java"),
                              ("ExpiryRuns", "expire-users/src/main/java/ispcrm/expireusers/ExpireUsersHandler.java")]:
            message = re.search(r'LOG_MESSAGE =\s*"(.*)"', (ROOT / "functions" / handler).read_text()).group(1)
            pattern = RESOURCES[name]["Properties"]["FilterPattern"]
            self.assertTrue(message.startswith(re.search(r'\$\.message = "(.*)\*"', pattern).group(1)), name)
        sender = (ROOT / "functions/send-deliveries/src/main/java/ispcrm/senddeliveries/SendDeliveries.java").read_text()
        self.assertEqual('{ $.message = "A webhook was disabled*" }', RESOURCES["DisabledWebhooks"]["Properties"]["FilterPattern"])
        self.assertIn('"A webhook was disabled: ', sender)
        # A number in place of a variable without quotes makes it JSON.
        log_format = RESOURCES["ApiStage"]["Properties"]["AccessLogSetting"]["Format"]
        self.assertIn('"bytes":$context.responseLength,', log_format)
        log_format = re.sub(r":\$[\w.]+", ":1", log_format)
        self.assertEqual('{ $.status = "429" }', RESOURCES["ThrottledRequests"]["Properties"]["FilterPattern"])
        self.assertEqual("$context.status", json.loads(log_format)["status"])
        self.assertEqual('{ $.token_id = "-" && $.method != "OPTIONS" }', RESOURCES["AnonymousRequests"]["Properties"]["FilterPattern"])
        self.assertEqual("$context.authorizer.token_id", json.loads(log_format)["token_id"])
        self.assertEqual("$context.httpMethod", json.loads(log_format)["method"])
        self.assertEqual("$.bytes", RESOURCES["BytesSent"]["Properties"]["MetricTransformations"][0]["MetricValue"])

    def test_new_entries_of_the_history_invoke_deliver_events_and_hold_each_other_up_as_little_as_possible(self):
        self.assertEqual("DeliverEventsFunctionAliaslive", RESOURCES["HistoryToDeliverEvents"]["DependsOn"])
        mapping = RESOURCES["HistoryToDeliverEvents"]["Properties"]
        self.assertEqual({"Fn::Sub": "${DeliverEventsFunction.Arn}:live"}, mapping["FunctionName"])
        self.assertEqual([{"Pattern": '{"eventName":["INSERT"]}'}], mapping["FilterCriteria"]["Filters"])
        self.assertEqual(["ReportBatchItemFailures"], mapping["FunctionResponseTypes"])
        self.assertTrue(mapping["BisectBatchOnFunctionError"])
        self.assertEqual({"Fn::GetAtt": ["DeadLetters", "Arn"]}, mapping["DestinationConfig"]["OnFailure"]["Destination"])
        # Its records must not have values, which may have to be erased.
        self.assertEqual({"StreamViewType": "KEYS_ONLY"}, RESOURCES["HistoryTable"]["Properties"]["StreamSpecification"])

    def test_the_runbook_has_every_alarm(self):
        runbook = (ROOT / "infra/docs/runbook.md").read_text()
        for name in of_type("AWS::CloudWatch::Alarm"):
            self.assertIn("## " + name + "\n", runbook)

    def test_the_stage_throttles_traces_and_logs(self):
        stage = RESOURCES["ApiStage"]["Properties"]
        self.assertTrue(stage["TracingEnabled"])
        self.assertEqual({"Fn::GetAtt": ["AccessLogs", "Arn"]}, stage["AccessLogSetting"]["DestinationArn"])
        self.assertEqual(12, len(stage["MethodSettings"]))

    def test_the_gateway_compresses(self):
        self.assertEqual(1024, RESOURCES["Api"]["Properties"]["MinimumCompressionSize"])

    def test_no_policy_of_ours_has_a_star(self):
        for name, role in of_type("AWS::IAM::Role").items():
            for policy in role["Properties"].get("Policies", []):
                for statement in policy["PolicyDocument"]["Statement"]:
                    # The streams of a table have no other name.
                    resource = json.dumps(statement["Resource"]).replace("${Table}/stream/*", "")
                    self.assertNotIn("*", json.dumps(statement["Action"]) + resource, name)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        Path(sys.argv.pop(1)).write_text(json.dumps(TEMPLATE, indent=1))
    unittest.main()
