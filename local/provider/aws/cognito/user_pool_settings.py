"""The settings of a user pool, by the API calls that take them."""

from __future__ import annotations

from local.provider.aws.parameters import Table, capitalised

LAMBDA_TRIGGER: Table = capitalised("lambdaArn", "lambdaVersion")
POOL: Table = {
    "accountRecoverySetting": (
        "AccountRecoverySetting",
        {"recoveryMechanisms": ("RecoveryMechanisms", capitalised("name", "priority"))},
    ),
    "adminCreateUserConfig": (
        "AdminCreateUserConfig",
        {
            "allowAdminCreateUserOnly": "AllowAdminCreateUserOnly",
            "inviteMessageTemplate": (
                "InviteMessageTemplate",
                {
                    **capitalised("emailMessage", "emailSubject"),
                    "smsMessage": "SMSMessage",
                },
            ),
        },
    ),
    **capitalised(
        "autoVerifiedAttributes",
        "deletionProtection",
        "emailVerificationMessage",
        "emailVerificationSubject",
        "smsAuthenticationMessage",
        "smsVerificationMessage",
        "userPoolTier",
    ),
    "deviceConfiguration": (
        "DeviceConfiguration",
        capitalised("challengeRequiredOnNewDevice", "deviceOnlyRememberedOnUserPrompt"),
    ),
    "emailConfiguration": (
        "EmailConfiguration",
        {
            **capitalised("configurationSet", "emailSendingAccount", "sourceArn"),
            "fromEmailAddress": "From",
            "replyToEmailAddress": "ReplyToEmailAddress",
        },
    ),
    "lambdaConfig": (
        "LambdaConfig",
        {
            **capitalised(
                "createAuthChallenge",
                "customMessage",
                "defineAuthChallenge",
                "postAuthentication",
                "postConfirmation",
                "preAuthentication",
                "preSignUp",
                "preTokenGeneration",
                "userMigration",
                "verifyAuthChallengeResponse",
            ),
            "kmsKeyId": "KMSKeyID",
            "preTokenGenerationConfig": ("PreTokenGenerationConfig", LAMBDA_TRIGGER),
        },
    ),
    "userAttributeUpdateSettings": (
        "UserAttributeUpdateSettings",
        {
            "attributesRequireVerificationBeforeUpdates": (
                "AttributesRequireVerificationBeforeUpdate"
            )
        },
    ),
    "userPoolAddOns": ("UserPoolAddOns", capitalised("advancedSecurityMode")),
    "verificationMessageTemplate": (
        "VerificationMessageTemplate",
        capitalised(
            "defaultEmailOption",
            "emailMessage",
            "emailMessageByLink",
            "emailSubject",
            "emailSubjectByLink",
            "smsMessage",
        ),
    ),
}
PASSWORD_POLICY: Table = capitalised(
    "minimumLength",
    "passwordHistorySize",
    "requireLowercase",
    "requireNumbers",
    "requireSymbols",
    "requireUppercase",
    "temporaryPasswordValidityDays",
)
SCHEMA: Table = {
    **capitalised("attributeDataType", "name", "developerOnlyAttribute", "mutable", "required"),
    "numberAttributeConstraints": (
        "NumberAttributeConstraints",
        capitalised("maxValue", "minValue"),
    ),
    "stringAttributeConstraints": (
        "StringAttributeConstraints",
        capitalised("maxLength", "minLength"),
    ),
}
CREATE_ONLY: Table = {
    "aliasAttributes": "AliasAttributes",
    "schemas": ("Schema", SCHEMA),
    "usernameAttributes": "UsernameAttributes",
    "usernameConfiguration": ("UsernameConfiguration", capitalised("caseSensitive")),
}
